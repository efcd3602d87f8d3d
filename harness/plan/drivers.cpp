#include "harness/plan/drivers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "harness/process/own_files.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;
const std::string prefix = model_program({}), peer_prefix = peer_program({});

/// The rest of a program's name after a prefix; empty for another kind of name, such as that of a
/// backup copy.
std::string name_after(std::string_view start, const std::string& program) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view others = "0123456789-_";
  if (!program.starts_with(start)) return {};
  const std::string name = program.substr(start.size());
  const bool clean = std::all_of(name.begin(), name.end(), [&](char c) {
    return letters.find(c) != std::string_view::npos || others.find(c) != std::string_view::npos;
  });
  return clean ? name : std::string();
}

std::string model_named_by(const std::string& program) {
  if (program.starts_with(peer_prefix) || program == command_adapter) return {};
  return name_after(prefix, program);
}

std::string peer_named_by(const std::string& program) {
  return name_after(peer_prefix, program);
}

std::vector<std::string> names_in(const fs::path& folder,
                                  std::string (*named)(const std::string&)) {
  std::vector<std::string> out;
  std::error_code failed;
  fs::directory_iterator at(folder, failed);
  for (; !failed && at != fs::directory_iterator(); at.increment(failed)) {
    std::error_code unreachable;
    if (at->is_directory(unreachable)) continue;
    if (std::string name = named(at->path().filename()); !name.empty()) {
      out.push_back(std::move(name));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

fs::path find_drivers(const std::string& chosen) {
  fs::path folder = chosen;
  const char* variable = std::getenv("SCALELAW_DRIVERS");
  if (folder.empty() && variable != nullptr) folder = variable;
  if (folder.empty()) folder = own_files().drivers;
  if (!find_models(folder).empty() || !find_peers(folder).empty()) return fs::absolute(folder);
  throw Error(fmt::format("there is no driver in '{}'", folder.string()),
              "build them (cmake --build build/release), or name their folder with --drivers or "
              "SCALELAW_DRIVERS");
}

std::vector<std::string> find_models(const fs::path& folder) {
  return names_in(folder, model_named_by);
}

std::vector<std::string> find_peers(const fs::path& folder) {
  return names_in(folder, peer_named_by);
}

std::vector<std::string> option_words(const std::string& name, const nlohmann::json& value) {
  std::string option = "--" + name;
  std::replace(option.begin(), option.end(), '_', '-');
  if (value.is_boolean()) {
    return value.get<bool>() ? std::vector<std::string>{option} : std::vector<std::string>{};
  }
  return {option, json_text(value)};
}

std::vector<std::string> option_words(const nlohmann::json& values) {
  std::vector<std::string> out;
  for (const auto& [name, value] : values.items()) {
    for (std::string& word : option_words(name, value)) out.push_back(std::move(word));
  }
  return out;
}

}  // namespace scalelaw::harness
