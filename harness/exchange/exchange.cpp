#include "harness/exchange/exchange.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <sstream>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "common/shell_word.hpp"
#include "exchange_format_list.hpp"
#include "harness/exchange/foreign.hpp"
#include "harness/exchange/gather.hpp"
#include "harness/exchange/import_command.hpp"
#include "harness/exchange/numbers.hpp"
#include "harness/store/regular_file.hpp"

namespace scalelaw::harness {
namespace {

constexpr std::int64_t most_bytes = std::int64_t{256} << 20;

std::string formats_hint(const ImportOptions& options) {
  return fmt::format("name its format, one of {}; for a table of text: {}",
                     fmt::join(import_format_names(), ", "),
                     import_command(options, {"--format", "csv"}));
}

/// Spreadsheets write UTF-16 as "Unicode": every second byte is 0.
void require_utf8(const ForeignFile& file) {
  if (!file.text.starts_with("\xff\xfe") && !file.text.starts_with("\xfe\xff")) {
    const std::size_t zero = file.text.find('\0');
    if (zero == std::string::npos) return;
    const auto end = file.text.begin() + static_cast<std::ptrdiff_t>(zero);
    throw Error(fmt::format("'{}', line {}: there is a zero byte, so this is not text", file.name,
                            std::count(file.text.begin(), end, '\n') + 1),
                "give the file as the other program wrote it, in UTF-8");
  }
  throw Error(fmt::format("'{}' is UTF-16 text", file.name),
              fmt::format("make it UTF-8: {} > utf8.csv",
                          shell_words({"iconv", "-f", "UTF-16", "-t", "UTF-8", file.name})));
}

const ExchangeFormat& format_named(const std::string& name) {
  for (const ExchangeFormat& format : exchange_formats()) {
    if (format.name == name) return format;
  }
  throw Error(fmt::format("unknown format '{}'", name),
              fmt::format("choose one of: {}", fmt::join(import_format_names(), ", ")));
}

/// The fault of a file.  Where it begins with a place in the file, this follows the name of the file.
Error in_file(const std::string& name, const Error& error) {
  const std::string what = error.what();
  const std::string first_word = what.substr(0, what.find(' '));
  const bool has_place = first_word == "line" || first_word.find('[') != std::string::npos;
  return Error(fmt::format("'{}'{} {}", name, has_place ? "," : ":", what), error.hint());
}

const ExchangeFormat* recognized(const ForeignFile& file) {
  for (const ExchangeFormat& format : exchange_formats()) {
    if (format.recognizes(file)) return &format;
  }
  return nullptr;
}

const ExchangeFormat& format_of(const ForeignFile& file, const ImportOptions& options) {
  if (!options.format.empty()) return format_named(options.format);
  if (!options.pattern.empty()) return format_named("log");
  if (const ExchangeFormat* format = recognized(file)) return *format;
  const std::string start = trimmed(file.text.substr(0, 4096)).substr(0, 1);
  if (start == "{" || start == "[") {  // damaged JSON is said to be damaged
    try {
      (void)parse_foreign(file.text);
    } catch (const Error& error) {
      throw in_file(file.name, error);
    }
  }
  throw Error(fmt::format("the format of '{}' is not recognised", file.name),
              formats_hint(options));
}

/// Checks that the format uses every option that is given.
void require_used(const ExchangeFormat& format, const ImportOptions& options) {
  const auto check = [&](bool given, std::string_view name) {
    if (!given || std::find(format.uses.begin(), format.uses.end(), name) != format.uses.end()) {
      return;
    }
    std::vector<std::string_view> users;
    for (const ExchangeFormat& other : exchange_formats()) {
      if (std::find(other.uses.begin(), other.uses.end(), name) != other.uses.end()) {
        users.push_back(other.name);
      }
    }
    throw Error(fmt::format("--{} is not for {}", name, format.title),
                fmt::format("omit it; it is for: {}", fmt::join(users, ", ")));
  };
  check(!options.columns.empty(), "column");
  check(!options.ignore.empty(), "ignore");
  check(!options.separator.empty(), "separator");
  check(!options.unit.empty(), "unit");
  check(!options.metric.empty(), "metric");
  check(!options.pattern.empty(), "pattern");
  check(!options.workers_pattern.empty(), "workers-pattern");
  check(options.equal_rows, "equal-rows");
}

ForeignFile read_file(const std::string& path) {
  if (path == "-") {
    std::ostringstream text;
    text << std::cin.rdbuf();
    return {"stdin", text.str()};
  }
  return {path, RegularFile(path, O_RDONLY, "give a file with times").read_all(most_bytes)};
}

}  // namespace

const std::vector<ExchangeFormat>& exchange_formats() {
  static const std::vector<ExchangeFormat> all = [] {
    std::vector<ExchangeFormat> out;
    for (const auto& format : exchange_format_list) out.push_back(format());
    return out;
  }();
  return all;
}

std::vector<std::string> import_format_names() {
  std::vector<std::string> out;
  for (const ExchangeFormat& format : exchange_formats()) out.emplace_back(format.name);
  return out;
}

std::vector<std::string> export_format_names() {
  std::vector<std::string> out;
  for (const ExchangeFormat& format : exchange_formats()) {
    if (format.write != nullptr) out.emplace_back(format.name);
  }
  return out;
}

Imported import_texts(const std::vector<ForeignFile>& files, const ImportOptions& options) {
  if (files.empty()) throw Error("no file is given", "give the files of another program");
  ImportOptions known = options;
  Imported out;
  std::vector<ReadFile> read;
  std::vector<std::pair<std::string, std::vector<std::string>>> notes;  // with their files
  std::string first;  // the format of the first file, which is that of all
  for (const ForeignFile& file : files)
    known.files.push_back(file.name == "stdin" ? "-" : file.name);
  for (const ForeignFile& file : files) {
    require_utf8(file);
    known.format = options.format;
    const ExchangeFormat& format = format_of(file, known);
    require_used(format, options);
    if (!read.empty() && format.name != first) {
      throw Error(fmt::format("'{}' is {}, and '{}' is of the format {}", file.name, format.title,
                              read.front().name, first),
                  "import files of one format at a time");
    }
    first = format.name;
    try {
      read.push_back({file.name, format.read(file, known)});
    } catch (const Error& error) {
      throw in_file(file.name, error);
    }
    for (const std::string& note : read.back().reading.notes) {
      const auto said = std::ranges::find(notes, note, [](const auto& one) { return one.first; });
      if (said == notes.end()) {
        notes.push_back({note, {file.name}});
      } else {
        said->second.push_back(file.name);
      }
    }
  }
  for (const auto& [note, names] : notes) {
    const std::string more = names.size() > 1 ? fmt::format(" and {} more", names.size() - 1) : "";
    out.notes.push_back(fmt::format("note: '{}'{}: {}", names.front(), more, note));
  }
  known.format = first;
  out.results = gather(read, known);
  out.results.environment.try_emplace("import.launch", format_named(first).launch);
  return out;
}

Imported import_files(const std::vector<std::string>& paths, const ImportOptions& options) {
  std::vector<ForeignFile> files;
  for (const std::string& path : paths) files.push_back(read_file(path));
  return import_texts(files, options);
}

bool is_importable(const std::string& path) {
  return recognized(read_file(path)) != nullptr;
}

std::string export_text(const Results& results, const std::string& format) {
  for (const ExchangeFormat& known : exchange_formats()) {
    if (known.name == format && known.write != nullptr) return known.write(results);
  }
  throw Error(fmt::format("there is no export as '{}'", format),
              fmt::format("choose one of: {}", fmt::join(export_format_names(), ", ")));
}

}  // namespace scalelaw::harness
