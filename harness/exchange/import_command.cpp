#include "harness/exchange/import_command.hpp"

#include <filesystem>

#include "common/shell_word.hpp"

namespace scalelaw::harness {

std::string import_command(const ImportOptions& options, const std::vector<std::string>& more) {
  std::vector<std::string> words{"scalelaw", "import"};
  words.insert(words.end(), options.files.begin(), options.files.end());
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {option, value});
  };
  add("--format", options.format);
  for (const auto& [meaning, name] : options.columns) add("--column", meaning + "=" + name);
  for (const std::string& name : options.ignore) add("--ignore", name);
  add("--separator", options.separator);
  add("--unit", options.unit);
  add("--scaling", options.scaling);
  add("--series", options.series);
  add("--metric", options.metric);
  add("--pattern", options.pattern);
  add("--workers-pattern", options.workers_pattern);
  if (options.equal_rows) words.emplace_back("--equal-rows");
  words.insert(words.end(), more.begin(), more.end());
  const std::string name = options.files.empty() ? "times" : options.files.front();
  const std::string stem = std::filesystem::path(name == "-" ? "times" : name).stem().string();
  add("-o", stem + ".h5");
  return shell_words(words);
}

}  // namespace scalelaw::harness
