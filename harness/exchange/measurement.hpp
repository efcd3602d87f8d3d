#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// What a column of a table, or a parameter of another program, says of a time.
enum class Meaning {
  workers,
  ranks,
  ranks_per_node,
  threads,  ///< of each rank
  nodes,
  seconds,
  rate,  ///< an amount per second
  work,  ///< operations; for weak series in which it is not proportional to the workers
  repetition,
  launch,  ///< times of one launch share it: they are its samples
  series,  ///< what was run
  group,   ///< points that differ in placement alone share it
  experiment,
  implementation,
  model,
  scaling,
  size,
  unit,   ///< of the times
  clock,  ///< what the times are of
  id      ///< the identity of the point
};
constexpr auto enum_names(Meaning) {
  return std::array<std::string_view, 20>{
      "workers", "ranks",      "ranks_per_node", "threads", "nodes", "seconds",    "rate",
      "work",    "repetition", "launch",         "series",  "group", "experiment", "implementation",
      "model",   "scaling",    "size",           "unit",    "clock", "id"};
}

/// One time that another program measured, as far as its file says.
struct Measurement {
  std::string where;                         ///< in its file: "line 7", "results[2].times[0]"
  std::map<Meaning, std::int64_t> counts{};  ///< of workers, ranks, ranks per node, threads, nodes
  std::map<Meaning, std::string> texts{};    ///< of series, experiment, model, launch ...
  nlohmann::json params = nlohmann::json::object();
  nlohmann::json options = nlohmann::json::object();
  std::optional<Scaling> scaling{};
  std::optional<double> time{};  ///< in `unit`
  std::string unit{};            ///< of the time; empty: not said
  std::optional<double> rate{};  ///< per second
  std::string rate_unit{};       ///< of the amount; empty: not said
  std::optional<double> work{};
  TimeSource clock = TimeSource::imported;
  std::string command{};  ///< as a person would type it; empty: not said
  int exit_code = 0;
  std::string fault{};  ///< why it failed: then it has no time that counts

  /// The text of that meaning; empty: not said.
  [[nodiscard]] std::string text(Meaning meaning) const {
    const auto found = texts.find(meaning);
    return found == texts.end() ? std::string() : found->second;
  }
};

/// What was read from one file.
struct Reading {
  std::vector<Measurement> measurements{};
  std::map<std::string, std::string> environment{};  ///< as Results::environment
  std::string started{};                             ///< ISO 8601; empty: not said
  std::vector<std::string> notes{};                  ///< what was left out, and why
};

/// A file of another program.
struct ForeignFile {
  std::string name;  ///< for messages
  std::string text;
};

/// How to read files of other programs.  Empty: as the file says, or as is usual.
struct ImportOptions {
  std::vector<std::string> files{};  ///< those of one import, for advice
  std::string format{};
  /// What a column or a parameter means: the name of a Meaning, "param.NAME" or "option.NAME"; and
  /// its name in the file.
  std::vector<std::pair<std::string, std::string>> columns{};
  std::vector<std::string>
      ignore{};             ///< columns and parameters to leave out; "*": all unknown ones
  std::string separator{};  ///< of cells: one character, "tab" or "space"
  std::string unit{};       ///< of times
  std::string scaling{};
  std::string series{};           ///< its name, in place of what the file says
  std::string metric{};           ///< which one to read, where a file has several
  std::string pattern{};          ///< whose group 1 is a time
  std::string workers_pattern{};  ///< whose group 1 is the number of workers
  bool equal_rows = false;        ///< rows that are equal are separate measurements
};

}  // namespace scalelaw::harness
