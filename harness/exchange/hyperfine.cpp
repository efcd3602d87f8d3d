// hyperfine's JSON (--export-json).
// Source: sharkdp/hyperfine, src/benchmark/benchmark_result.rs (1.15 to 1.19).
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <optional>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "common/json_text.hpp"
#include "exchange_format_list.hpp"
#include "harness/exchange/counted.hpp"
#include "harness/exchange/foreign.hpp"
#include "harness/exchange/format.hpp"
#include "harness/exchange/import_command.hpp"
#include "harness/exchange/naming.hpp"
#include "harness/exchange/pattern.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// One benchmark of a file.
struct Benchmark {
  std::string where;
  const json* value = nullptr;
  std::string command;
  std::map<std::string, std::string> parameters{};
};

std::vector<Benchmark> benchmarks_of(const json& results) {
  std::vector<Benchmark> out;
  for (std::size_t i = 0; i < results.size(); ++i) {
    Benchmark& one = out.emplace_back();
    one.where = fmt::format("results[{}]", i);
    one.value = &results[i];
    one.command = text_member(results[i], "command", one.where);
    if (results[i].contains("parameters") && results[i]["parameters"].is_object()) {
      for (const auto& [name, value] : results[i]["parameters"].items()) {
        one.parameters[name] = json_text(value);
      }
    }
  }
  return out;
}

using Group = std::vector<const Benchmark*>;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

/// Whether the value stands alone at that place, and not in a word.
bool is_whole_word(const std::string& text, std::size_t at, std::size_t length) {
  return (at == 0 || !is_word(text[at - 1])) &&
         (at + length == text.size() || !is_word(text[at + length]));
}

/// The parameter whose value each command of the group has at its place.  One that is the same in
/// all must be a word, since it may stand anywhere by chance.
std::optional<std::string> parameter_at(const Group& group,
                                        const std::vector<std::size_t>& places) {
  for (const auto& [name, first] : group.front()->parameters) {
    bool all_have = true, all_equal = true, all_words = true;
    for (std::size_t i = 0; i < group.size() && all_have; ++i) {
      const std::string& value = group[i]->parameters.at(name);
      all_have = !value.empty() && group[i]->command.compare(places[i], value.size(), value) == 0;
      all_equal = all_equal && value == first;
      all_words = all_words && is_whole_word(group[i]->command, places[i], value.size());
    }
    if (all_have && (!all_equal || all_words)) return name;
  }
  return std::nullopt;
}

/// The command from which all of the group follow by their parameters: "./app -t {threads}"; nothing
/// when there is none.
std::optional<std::string> command_of(const Group& group) {
  for (const Benchmark* one : group) {
    for (const auto& [name, value] : group.front()->parameters) {
      if (!one->parameters.contains(name)) return std::nullopt;
    }
  }
  std::string out;
  std::vector<std::size_t> places(group.size());
  const auto ended = [&](std::size_t i) { return places[i] == group[i]->command.size(); };
  for (;;) {
    if (const auto name = parameter_at(group, places)) {
      out += "{" + *name + "}";
      for (std::size_t i = 0; i < group.size(); ++i) {
        places[i] += group[i]->parameters.at(*name).size();
      }
      continue;
    }
    if (ended(0)) break;
    const char next = group.front()->command[places[0]];
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (ended(i) || group[i]->command[places[i]++] != next) return std::nullopt;
    }
    out += next;
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (!ended(i)) return std::nullopt;
  }
  return out;
}

/// The name of each benchmark: its command before the parameters were put in, so that benchmarks
/// that differ in parameters alone have one name.
std::vector<std::string> names_of(const std::vector<Benchmark>& benchmarks) {
  std::vector<Group> groups;
  std::vector<std::size_t> group_of;
  for (const Benchmark& one : benchmarks) {
    std::size_t at = 0;
    for (; at < groups.size(); ++at) {
      groups[at].push_back(&one);
      if (command_of(groups[at])) break;
      groups[at].pop_back();
    }
    if (at == groups.size()) groups.push_back({&one});
    group_of.push_back(at);
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < benchmarks.size(); ++i) {
    out.push_back(command_of(groups[group_of[i]]).value_or(benchmarks[i].command));
  }
  return out;
}

/// The name of the series and the number of workers, from the text of the command.
void put_by_pattern(Measurement& to, const std::string& expression) {
  const auto match = Pattern(expression, "--workers-pattern").find(to.command);
  if (!match) {
    throw Error(fmt::format("--workers-pattern '{}' does not match '{}'", expression, to.command),
                "write a pattern that matches each command");
  }
  put(to, {.meaning = Meaning::workers}, match->text);
  to.texts[Meaning::series] =
      std::string(to.command).replace(match->begin, match->text.size(), "{workers}");
}

/// The exit code of each run; -1 for one that a signal ended.
std::vector<int> exit_codes_of(const json& benchmark) {
  std::vector<int> out;
  if (!benchmark.contains("exit_codes") || !benchmark["exit_codes"].is_array()) return out;
  for (const json& code : benchmark["exit_codes"]) {
    out.push_back(code.is_number_integer() ? code.get<int>() : -1);
  }
  return out;
}

void add_times(const Benchmark& benchmark, Measurement like, Reading& reading) {
  const json& value = *benchmark.value;
  if (!value.contains("times") || value["times"].is_null()) {
    like.where = benchmark.where;
    like.time = positive(member(value, "median", benchmark.where), benchmark.where + ".median");
    reading.measurements.push_back(like);
    reading.notes.push_back(
        fmt::format("{} has no times: its median counts as one launch", benchmark.where));
    return;
  }
  const json& times = list_member(value, "times", benchmark.where);
  const std::vector<int> codes = exit_codes_of(value);
  if (!codes.empty() && codes.size() != times.size()) {
    throw Error(
        fmt::format("{}: {} times and {} exit codes", benchmark.where, times.size(), codes.size()),
        "give the file as hyperfine wrote it");
  }
  for (std::size_t i = 0; i < times.size(); ++i) {
    Measurement one = like;
    one.where = fmt::format("{}.times[{}]", benchmark.where, i);
    one.time = positive(times[i], one.where);
    one.exit_code = codes.empty() ? 0 : codes[i];
    if (one.exit_code > 0) one.fault = fmt::format("exit code {}", one.exit_code);
    if (one.exit_code < 0) one.fault = "ended by a signal";
    reading.measurements.push_back(std::move(one));
  }
}

/// How to say the number of workers of a benchmark: by a parameter that is a whole number, or by a
/// number in the command.
std::string workers_hint(const Benchmark& benchmark, const ImportOptions& options) {
  const auto is_count = [](const auto& parameter) {
    return !parameter.second.empty() &&
           parameter.second.find_first_not_of("0123456789") == std::string::npos;
  };
  const auto found = std::ranges::find_if(benchmark.parameters, is_count);
  if (found != benchmark.parameters.end()) {
    return fmt::format("if '{}' is the number of workers: {}", found->first,
                       import_command(options, {"--column", "workers=" + found->first}));
  }
  return fmt::format(
      "run hyperfine with -L threads 1,2,4 and {{threads}} in the command; or find "
      "the number in '{}', as in: {}",
      benchmark.command, import_command(options, {"--workers-pattern", "-t ([0-9]+)"}));
}

Reading read_hyperfine(const ForeignFile& file, const ImportOptions& options) {
  const json whole = parse_foreign(file.text);
  const std::vector<Benchmark> benchmarks =
      benchmarks_of(list_member(whole, "results", "the file"));
  const std::vector<std::string> names = names_of(benchmarks);
  const Naming naming(options);
  std::vector<std::string> parameters;
  for (const Benchmark& one : benchmarks) {
    for (const auto& [name, value] : one.parameters) parameters.push_back(name);
  }
  if (!benchmarks.empty()) naming.require_present(parameters);
  Reading reading;
  for (std::size_t i = 0; i < benchmarks.size(); ++i) {
    Measurement like;
    like.command = benchmarks[i].command;
    like.unit = "s";
    like.texts[Meaning::series] = names[i];
    try {
      if (!options.workers_pattern.empty()) put_by_pattern(like, options.workers_pattern);
      for (const auto& [name, value] : benchmarks[i].parameters) {
        put_parameter(like, naming, name, value);
      }
      if (like.counts.empty()) {
        throw Error("neither a parameter nor --workers-pattern says the number of workers",
                    workers_hint(benchmarks[i], options));
      }
    } catch (const Error& error) {
      throw Error(fmt::format("{}: {}", benchmarks[i].where, error.what()), error.hint());
    }
    add_times(benchmarks[i], like, reading);
  }
  return reading;
}

bool is_hyperfine(const ForeignFile& file) {
  const json whole = object_of(file.text);
  if (!whole.contains("results") || !whole["results"].is_array()) return false;
  return std::all_of(whole["results"].begin(), whole["results"].end(),
                     [](const json& one) { return one.is_object() && one.contains("command"); });
}

/// The sample's standard deviation; null of one value, as hyperfine has it.
json deviation_of(const std::vector<double>& values, double mean) {
  if (values.size() < 2) return nullptr;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// All that makes a point, so that one that is read back is the same.
nlohmann::ordered_json parameters_of(const Point& point) {
  nlohmann::ordered_json out;
  out["series"] = point.kernel;
  out["experiment"] = point.experiment;
  out["implementation"] = point.implementation;
  for (const auto& [name, value] : point.params.items()) out["param." + name] = json_text(value);
  for (const auto& [name, value] : point.options.items()) out["option." + name] = json_text(value);
  out[identity_parameter] = point.id;
  out["group"] = fmt::format("{}", point.series);
  out["model"] = point.model.name;
  out["scaling"] = to_string(point.scaling);
  out["nodes"] = fmt::format("{}", point.placement.nodes);
  out["ranks"] = fmt::format("{}", point.placement.ranks());
  out["threads"] = fmt::format("{}", point.placement.threads);
  return out;
}

std::string write_hyperfine(const Results& results) {
  const std::vector<CountedPoint> points = series_points(results);
  const auto names = series_names(points);
  auto list = nlohmann::ordered_json::array();
  for (const CountedPoint& one : points) {
    const std::vector<double>& times = one.medians_s;
    const double mean = mean_of(times);
    const auto [least, most] = std::minmax_element(times.begin(), times.end());
    const Placement& at = one.point->placement;
    const std::string& name = names.at(one.point->series);
    list.push_back(
        {{"command", fmt::format("{} {}x{}x{}", name, at.nodes, at.ranks_per_node, at.threads)},
         {"mean", mean},
         {"stddev", deviation_of(times, mean)},
         {"median", median(times)},
         {"user", nullptr},
         {"system", nullptr},
         {"min", *least},
         {"max", *most},
         {"times", times},
         {"exit_codes", std::vector<int>(times.size(), 0)},
         {"parameters", parameters_of(*one.point)}});
  }
  return serialize(nlohmann::ordered_json{{"results", list}}, 2) + "\n";
}

}  // namespace

ExchangeFormat hyperfine_format() {
  return {.name = "hyperfine",
          .title = "hyperfine's JSON",
          .launch = "run",
          .uses = {"column", "ignore", "workers-pattern"},
          .recognizes = is_hyperfine,
          .read = read_hyperfine,
          .write = write_hyperfine};
}

}  // namespace scalelaw::harness
