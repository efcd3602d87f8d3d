#include "drivers/output/jpeg_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "drivers/c_file.hpp"
#include "drivers/run_failure.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

constexpr const char* remedy = "check --output-dir, its permissions and the space left";

[[noreturn]] void fail(const std::string& what) {
  throw Error(what, remedy);
}

/// Which file a name leads to, through links of either kind, so that two names can be compared.
using FileId = std::pair<dev_t, ino_t>;

std::optional<FileId> file_id(const fs::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileId{status.st_dev, status.st_ino};
}

/// A file is written under this name until it is whole.
fs::path unfinished_name(const fs::path& path) {
  return path.string() + ".part";
}

/// Throws Error when a file that would be written is one of `inputs`.
void check_inputs_stay(const std::vector<std::string>& inputs, const std::string& folder,
                       const std::vector<std::string>& names) {
  std::map<FileId, const std::string*> of_inputs;
  for (const std::string& input : inputs) {
    if (const auto id = file_id(input)) of_inputs.emplace(*id, &input);
  }
  for (const std::string& name : names) {
    const fs::path path = fs::path(folder) / name;
    for (const fs::path& written : {path, unfinished_name(path)}) {
      const auto id = file_id(written);
      const auto input = id ? of_inputs.find(*id) : of_inputs.end();
      if (input == of_inputs.end()) continue;
      throw Error(fmt::format("the output '{}' would overwrite the input '{}'", written.string(),
                              *input->second),
                  "give --output-dir another folder");
    }
  }
}

/// Writes a file; the error says what the system says.
std::error_code write_all(const fs::path& path,
                          const std::vector<std::span<const std::byte>>& parts) {
  const auto failure = [] { return std::error_code(errno, std::generic_category()); };
  CFile out(std::fopen(path.c_str(), "wb"));
  if (!out) return failure();
  for (const std::span<const std::byte> part : parts) {
    if (std::fwrite(part.data(), 1, part.size(), out.get()) != part.size()) return failure();
  }
  return std::fclose(out.release()) == 0 ? std::error_code() : failure();
}

}  // namespace

std::vector<std::string> output_names(const ImageCompression::Params& params) {
  std::vector<std::string> out;
  std::map<std::string, std::string> taken;
  for (const std::string& file : params.files) {
    out.push_back(fs::path(file).stem().string() + ".jpg");
    const auto [other, fresh] = taken.emplace(out.back(), file);
    if (!fresh) {
      throw Error(
          fmt::format("'{}' and '{}' would both become {}", other->second, file, out.back()),
          "rename one of them");
    }
  }
  if (params.files.empty()) {
    for (std::int64_t i = 0; i < params.images; ++i) {
      out.push_back(fmt::format("image_{:06}.jpg", i));
    }
  }
  return out;
}

void check_output_dir(const ImageCompression::Params& params) {
  const std::string& folder = params.output_dir;
  const std::vector<std::string> names = output_names(params);
  check_inputs_stay(params.files, folder, names);
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder)) {
    fail(fmt::format("the output folder '{}' cannot be made", folder));
  }
  const fs::path probe = unfinished_name(fs::path(folder) / names.front());
  if (!std::ofstream(probe, std::ios::binary)) {
    fail(fmt::format("the output folder '{}' cannot be written", folder));
  }
  fs::remove(probe, error);
  for (const std::string& name : names) {
    const fs::path path = fs::path(folder) / name;
    if (fs::is_directory(path)) {
      throw Error(fmt::format("a folder is in the place of the output '{}'", path.string()),
                  "move it away, or give --output-dir another folder");
    }
  }
}

void write_parts(const std::string& folder, const std::string& name,
                 const std::vector<std::span<const std::byte>>& parts) {
  const fs::path path = fs::path(folder) / name;
  const fs::path unfinished = unfinished_name(path);
  std::error_code error = write_all(unfinished, parts);
  if (!error) fs::rename(unfinished, path, error);
  if (!error) return;
  std::error_code ignored;
  if (!fs::is_directory(unfinished, ignored)) fs::remove(unfinished, ignored);
  throw RunFailure(fmt::format("'{}' cannot be written: {}", path.string(), error.message()),
                   remedy);
}

}  // namespace scalelaw
