// Logs: times that a pattern finds in text, by default those that `time` prints.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "common/error.hpp"
#include "exchange_format_list.hpp"
#include "harness/exchange/format.hpp"
#include "harness/exchange/import_command.hpp"
#include "harness/exchange/naming.hpp"
#include "harness/exchange/numbers.hpp"
#include "harness/exchange/pattern.hpp"

namespace scalelaw::harness {
namespace {

/// What bash and POSIX print ("real 0m1.5s", "real 1.50"), GNU time with -v, and GNU time without
/// options ("0:01.50elapsed").
constexpr std::array time_lines{
    R"(^real\s+([0-9hms.,:]+)\s*$)",
    R"(^\s*Elapsed \(wall clock\) time [^:]*(?::mm:ss)?[^0-9]*([0-9.:]+)\s*$)",
    R"(\b([0-9.:]+)elapsed\b)"};

/// The number of workers in a file's name: "run_np4.log", "out-8-threads.txt".
constexpr const char* workers_in_name =
    R"((?i)(?:^|[^a-z0-9])(?:np|p|n|procs?|ranks?|threads?|cores?|workers?|t)[-_=]?([0-9]+)(?:[^0-9]|$))";

std::int64_t line_at(const std::string& text, std::size_t offset) {
  return std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n') + 1;
}

std::vector<Pattern::Match> times_in(const std::string& text, const ImportOptions& options) {
  if (!options.pattern.empty()) {
    std::vector<Pattern::Match> found = Pattern(options.pattern, "--pattern").find_all(text);
    if (!found.empty()) return found;
    throw Error(fmt::format("--pattern '{}' matches nowhere", options.pattern),
                "look at the log, and write a pattern whose group 1 is the time");
  }
  for (const char* line : time_lines) {
    std::vector<Pattern::Match> found = Pattern(line, "time").find_all(text);
    if (!found.empty()) return found;
  }
  throw Error("it has no line of `time`",
              "give a pattern whose group 1 is the time, as in: " +
                  import_command(options, {"--pattern", "elapsed: ([0-9.]+)"}));
}

ImportOptions without_workers_pattern(ImportOptions options) {
  options.workers_pattern.clear();
  return options;
}

/// Where the number of workers is said: in the log, each time before the times that it is of, or in
/// the name of the file.
class Workers {
 public:
  Workers(const ForeignFile& file, const ImportOptions& options) {
    const std::string name = std::filesystem::path(file.name).filename();
    const std::string expression =
        options.workers_pattern.empty() ? workers_in_name : options.workers_pattern;
    const Pattern pattern(expression, "--workers-pattern");
    in_name_ = pattern.find(name);
    if (!options.workers_pattern.empty()) in_text_ = pattern.find_all(file.text);
    if (!in_name_ && in_text_.empty()) {
      throw Error(options.workers_pattern.empty()
                      ? "its name does not say the number of workers"
                      : fmt::format("--workers-pattern '{}' matches neither in it nor in its name",
                                    expression),
                  "give a pattern whose group 1 is the number, as in: " +
                      import_command(without_workers_pattern(options),
                                     {"--workers-pattern", "threads: ([0-9]+)"}));
    }
  }

  /// The number for a time at that offset.
  [[nodiscard]] std::string at(std::size_t offset) const {
    const Pattern::Match* last = nullptr;
    for (const Pattern::Match& match : in_text_) {
      if (match.begin < offset || last == nullptr) last = &match;
    }
    return last == nullptr ? in_name_->text : last->text;
  }

 private:
  std::optional<Pattern::Match> in_name_;
  std::vector<Pattern::Match> in_text_;
};

/// What the logs of one program have in common: the folder they are in.
std::string series_of(const ForeignFile& file) {
  const auto folder = std::filesystem::absolute(file.name).parent_path().filename();
  return file.name == "stdin" || folder.empty() ? "log" : folder.string();
}

Reading read_log(const ForeignFile& file, const ImportOptions& options) {
  Reading reading;
  const Workers workers(file, options);
  for (const Pattern::Match& match : times_in(file.text, options)) {
    Measurement one;
    one.where = fmt::format("line {}", line_at(file.text, match.begin));
    one.texts[Meaning::series] = series_of(file);
    try {
      one.time = clock_time(match.text);
      state_unit(one, options.unit);
      put(one, {.meaning = Meaning::workers}, workers.at(match.begin));
    } catch (const Error& error) {
      throw Error(fmt::format("{}: {}", one.where, error.what()), error.hint());
    }
    reading.measurements.push_back(std::move(one));
  }
  return reading;
}

bool is_log(const ForeignFile& file) {
  return std::any_of(time_lines.begin(), time_lines.end(), [&](const char* line) {
    return Pattern(line, "time").find(file.text).has_value();
  });
}

}  // namespace

ExchangeFormat log_format() {
  return {.name = "log",
          .title = "a log with times",
          .launch = "match",
          .uses = {"pattern", "workers-pattern", "unit"},
          .recognizes = is_log,
          .read = read_log};
}

}  // namespace scalelaw::harness
