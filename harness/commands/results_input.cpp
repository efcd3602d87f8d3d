#include "harness/commands/results_input.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "harness/analysis/derive.hpp"
#include "harness/exchange/exchange.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// Whether a file may be one of another program.  What is named as a results file, or begins like
/// one, is read as one, so that a damaged one is said to be damaged.
bool may_be_foreign(const std::string& path) {
  std::error_code unknown;
  if (path.ends_with(".h5") || !fs::is_regular_file(path, unknown)) return false;
  std::array<char, 8> start{};
  std::ifstream(path, std::ios::binary).read(start.data(), start.size());
  const std::string_view head(start.data(), start.size());
  return !head.starts_with("\x89HDF") && !head.starts_with("scalelaw");
}

}  // namespace

Results open_results(const std::string& path) {
  std::error_code unknown;
  if (fs::is_directory(path, unknown)) {
    throw Error(fmt::format("'{}' is a folder", path),
                "give a results file in it; scalelaw history reads all files of a folder");
  }
  if (path.ends_with(".toml")) {
    throw Error(fmt::format("'{}' is a config, which has no results", path),
                fmt::format("measure it: scalelaw run {}", path));
  }
  if (!may_be_foreign(path)) return read_results(path);
  Imported imported = import_files({path}, {});
  for (const std::string& note : imported.notes) complain("scalelaw", note);
  return std::move(imported.results);
}

void check_is_there(const std::string& path) {
  std::error_code unreachable;
  if (fs::exists(path, unreachable)) return;
  throw Error(fmt::format("there is no file '{}'", path), "give the path of a results file");
}

ScriptInputs::ScriptInputs(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (!may_be_foreign(file)) {
      paths_.push_back(file);
      continue;
    }
    Results results = open_results(file);
    derive(results);
    if (!folder_) folder_.emplace();
    // Each in a folder of its own, so that it can have the name of its origin.
    const fs::path place = folder_->path() / fmt::format("{}", paths_.size());
    fs::create_directory(place);
    paths_.push_back(place / (fs::path(file).stem().string() + ".h5"));
    write_results(paths_.back(), results);
  }
}

}  // namespace scalelaw::harness
