#include "harness/exchange/naming.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "common/error.hpp"
#include "common/field.hpp"
#include "harness/exchange/numbers.hpp"
#include "harness/exchange/suggestion.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// The words that programs and people use.
const std::vector<std::pair<Meaning, std::vector<std::string>>>& words() {
  static const std::vector<std::pair<Meaning, std::vector<std::string>>> all{
      {Meaning::workers,
       {"workers", "p", "cores", "cpus", "processors", "pes", "nworkers", "num_workers", "ncores",
        "num_cores", "ncpus", "num_cpus", "parallelism"}},
      {Meaning::ranks,
       {"ranks", "np", "processes", "procs", "tasks", "mpi_ranks", "mpi_processes", "nranks",
        "num_ranks", "nprocs", "num_procs", "num_processes", "ntasks", "num_tasks"}},
      {Meaning::ranks_per_node,
       {"ranks_per_node", "ppn", "tasks_per_node", "ntasks_per_node", "num_tasks_per_node"}},
      {Meaning::threads,
       {"threads", "nthreads", "num_threads", "omp_num_threads", "threads_per_rank",
        "threads_per_process", "cpus_per_task", "num_cpus_per_task"}},
      {Meaning::nodes, {"nodes", "nnodes", "num_nodes"}},
      {Meaning::seconds,
       {"seconds",
        "time",
        "elapsed",
        "elapsed_time",
        "runtime",
        "run_time",
        "wall",
        "walltime",
        "wall_time",
        "wall_clock",
        "wall_clock_time",
        "wallclock",
        "wallclock_time",
        "real",
        "real_time",
        "duration",
        "execution_time",
        "exec_time",
        "time_to_solution",
        "total_time",
        "median",
        "mean",
        "t"}},
      {Meaning::rate, {"rate", "throughput", "bandwidth", "performance", "gflops", "mflops"}},
      {Meaning::work, {"work", "operations"}},
      {Meaning::repetition,
       {"repetition", "rep", "repeat", "run", "iteration", "iter", "trial", "sample"}},
      {Meaning::launch, {"launch"}},
      {Meaning::series,
       {"series", "kernel", "benchmark", "name", "program", "application", "app", "code", "case",
        "test", "region", "callpath", "command"}},
      {Meaning::group, {"group"}},
      {Meaning::experiment, {"experiment", "study", "campaign"}},
      {Meaning::implementation, {"implementation"}},
      {Meaning::model, {"model", "variant", "programming_model", "backend"}},
      {Meaning::scaling, {"scaling", "scaling_type"}},
      {Meaning::size, {"size", "n", "problem_size", "length"}},
      {Meaning::unit, {"unit", "units", "time_unit"}},
      {Meaning::clock, {"clock"}},
      {Meaning::id, {"id"}},
  };
  return all;
}

/// In lower case, with one underscore for whatever is neither letter nor digit.
std::string plain(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  while (out.ends_with('_')) out.pop_back();
  return out;
}

/// "GB" of "GB/s"; nothing when it is not a unit per second.
std::optional<std::string> amount_per_second(std::string_view unit) {
  for (const std::string_view end :
       {"/second", "/sec", "/s", "_per_second", "_per_s", " per second"}) {
    if (unit.size() > end.size() && unit.ends_with(end)) {
      return std::string(unit.substr(0, unit.size() - end.size()));
    }
  }
  return std::nullopt;
}

/// A name and what stands in brackets behind it: "time" and "ms" of "time (ms)" and "time [ms]".
struct Bracket {
  std::string name, inside;
};

Bracket split(const std::string& header) {
  const std::string text = trimmed(header);
  for (const auto& [open, close] : {std::pair('(', ')'), {'[', ']'}}) {
    const auto start = text.rfind(open);
    if (start == std::string::npos || start == 0 || text.back() != close) continue;
    return {trimmed(text.substr(0, start)),
            trimmed(text.substr(start + 1, text.size() - start - 2))};
  }
  return {text, ""};
}

std::optional<Meaning> listed_meaning(const std::string& word) {
  for (const auto& [meaning, names] : words()) {
    if (std::find(names.begin(), names.end(), word) != names.end()) return meaning;
  }
  return std::nullopt;
}

/// "threads" of "number_of_threads", "n_threads" and "thread_count"; empty where nothing is counted.
std::string counted_thing(const std::string& word) {
  for (const std::string_view start : {"number_of_", "no_of_", "nr_of_", "num_", "nb_", "n_"}) {
    if (word.starts_with(start)) return word.substr(start.size());
  }
  constexpr std::string_view end = "_count";
  return word.ends_with(end) ? word.substr(0, word.size() - end.size()) + "s" : std::string();
}

std::optional<Meaning> meaning_of(const std::string& word) {
  if (const auto meaning = listed_meaning(word)) return meaning;
  const auto meaning = listed_meaning(counted_thing(word));
  const bool is_count = meaning == Meaning::workers || meaning == Meaning::ranks ||
                        meaning == Meaning::threads || meaning == Meaning::nodes;
  return is_count ? meaning : std::nullopt;
}

/// "time_ms": a time whose name ends in its unit.
std::optional<Use> time_with_unit(const std::string& word) {
  const auto last = word.rfind('_');
  const std::string head = word.substr(0, last);
  const std::string unit = last == std::string::npos ? word : word.substr(last + 1);
  // "min" is as often a minimum as it is minutes.
  if (!per_second(unit) || unit == "min" || unit == "h") return std::nullopt;
  if (last != std::string::npos && meaning_of(head) != Meaning::seconds) return std::nullopt;
  return Use{.meaning = Meaning::seconds, .unit = unit};
}

/// "param.NAME" and "option.NAME".
std::optional<Use> prefixed_use(const std::string& header) {
  for (const auto& [prefix, is_option] :
       {std::pair(std::string_view("param."), false), {"option.", true}}) {
    if (!header.starts_with(prefix) || header.size() == prefix.size()) continue;
    return Use{.is_option = is_option, .name = header.substr(prefix.size())};
  }
  return std::nullopt;
}

std::optional<Use> usual_use(const std::string& header) {
  if (auto use = prefixed_use(header)) return use;
  const auto [name, inside] = split(header);
  const std::string word = plain(name);
  const auto meaning = meaning_of(word);
  if (inside.empty()) {
    if (const auto amount = amount_per_second(name)) {
      return Use{.meaning = Meaning::rate, .unit = *amount};
    }
    if (word == "gflops" || word == "mflops") {
      return Use{.meaning = Meaning::rate, .unit = word == "gflops" ? "GFlop" : "MFlop"};
    }
    if (auto use = time_with_unit(word)) return use;
  } else if (meaning == Meaning::rate || meaning == Meaning::seconds) {
    const auto amount = amount_per_second(inside);
    if (amount || meaning == Meaning::rate) {
      return Use{.meaning = Meaning::rate, .unit = amount.value_or(inside)};
    }
    return Use{.meaning = meaning, .unit = inside};
  }
  return meaning ? std::optional(Use{.meaning = meaning}) : std::nullopt;
}

Use mapped_use(const std::string& text) {
  if (auto use = prefixed_use(text)) return *use;
  try {
    return {.meaning = enum_from<Meaning>(text, "meaning")};
  } catch (const Error& error) {
    std::vector<std::string> names;
    for (const std::string_view name : enum_names(Meaning{})) names.emplace_back(name);
    const std::string near = suggestion(text, names);
    throw Error(fmt::format("--column: unknown meaning '{}'{}", text, near),
                error.hint() + "; or param.NAME, option.NAME");
  }
}

/// A number or a truth value where the text is one; else the text.
json value_of(const std::string& text) {
  const json parsed = json::parse(text, nullptr, false);
  return parsed.is_number() || parsed.is_boolean() ? parsed : json(text);
}

TimeSource clock_from(const std::string& text) {
  const auto clock = enum_from<TimeSource>(text, "clock");
  return clock == TimeSource::measured ? TimeSource::imported : clock;
}

void put_time(Measurement& to, const Use& use, const std::string& text) {
  to.time = positive_number(text, "the time");
  if (!use.unit.empty()) state_unit(to, use.unit);
}

}  // namespace

Naming::Naming(const ImportOptions& options) : ignored_(options.ignore) {
  for (const auto& [meaning, column] : options.columns) {
    mapped_.push_back({column, mapped_use(meaning)});
  }
}

std::optional<Use> Naming::use_of(const std::string& name) const {
  const std::optional<Use> usual = usual_use(name);
  for (const Mapped& mapped : mapped_) {
    if (mapped.column != name && plain(mapped.column) != plain(name)) continue;
    Use use = mapped.use;
    const bool same_kind = usual && (use.meaning == usual->meaning);
    if (same_kind) use.unit = usual->unit;
    const std::string inside = split(name).inside;
    if (use.meaning == Meaning::seconds && use.unit.empty() && per_second(inside))
      use.unit = inside;
    if (use.meaning == Meaning::rate && use.unit.empty()) {
      use.unit = amount_per_second(inside.empty() ? name : inside).value_or("");
    }
    return use;
  }
  const bool taken = usual && usual->meaning &&
                     std::any_of(mapped_.begin(), mapped_.end(), [&](const Mapped& mapped) {
                       return mapped.use.meaning == usual->meaning;
                     });
  return taken ? std::nullopt : usual;
}

bool Naming::is_mapped(const std::string& name) const {
  return std::any_of(mapped_.begin(), mapped_.end(), [&](const Mapped& mapped) {
    return mapped.column == name || plain(mapped.column) == plain(name);
  });
}

bool Naming::is_ignored(const std::string& name, bool known) const {
  return std::any_of(ignored_.begin(), ignored_.end(), [&](const std::string& ignored) {
    return ignored == name || (ignored == "*" && !known);
  });
}

void Naming::require_present(const std::vector<std::string>& names) const {
  std::vector<std::string> wanted;
  for (const Mapped& mapped : mapped_) wanted.push_back(mapped.column);
  for (const std::string& ignored : ignored_) {
    if (ignored != "*") wanted.push_back(ignored);
  }
  for (const std::string& column : wanted) {
    const bool found = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name == column || plain(name) == plain(column);
    });
    if (found) continue;
    const std::string near = suggestion(column, names);
    throw Error(fmt::format("there is no column or parameter '{}'{}", column, near),
                fmt::format("the file has: {}", fmt::join(names, ", ")));
  }
}

std::vector<std::string> usual_names() {
  std::vector<std::string> out;
  for (const auto& [meaning, names] : words()) out.insert(out.end(), names.begin(), names.end());
  return out;
}

void state_unit(Measurement& to, const std::string& unit) {
  if (unit.empty()) return;
  const double given = in_seconds(1, unit);
  if (!to.unit.empty() && in_seconds(1, to.unit) != given) {
    throw Error(fmt::format("two units of time: '{}' and '{}'", to.unit, unit),
                "say the unit once, or the same one everywhere");
  }
  to.unit = unit;
}

void put(Measurement& to, const Use& use, const std::string& text) {
  if (!use.meaning) {
    if (!text.empty()) (use.is_option ? to.options : to.params)[use.name] = value_of(text);
    return;
  }
  const std::string what = fmt::format("the number of {}", to_string(*use.meaning));
  switch (*use.meaning) {
    case Meaning::workers:
    case Meaning::ranks:
    case Meaning::ranks_per_node:
    case Meaning::threads:
    case Meaning::nodes:
      to.counts[*use.meaning] = positive_count(text, what);
      return;
    case Meaning::seconds:
      put_time(to, use, text);
      return;
    case Meaning::rate:
      to.rate = positive_number(text, "the rate");
      to.rate_unit = use.unit;
      return;
    case Meaning::work:
      if (!trimmed(text).empty()) to.work = positive_number(text, "the work");
      return;
    case Meaning::scaling:
      to.scaling = enum_from<Scaling>(plain(text), "scaling");
      return;
    case Meaning::clock:
      to.clock = clock_from(trimmed(text));
      return;
    case Meaning::size:
      to.params["size"] = value_of(trimmed(text));
      return;
    case Meaning::unit:
      state_unit(to, trimmed(text));
      return;
    case Meaning::repetition:
      if (trimmed(text).empty()) throw Error("the repetition is missing", "number the repetitions");
      [[fallthrough]];
    case Meaning::launch:
    case Meaning::series:
    case Meaning::group:
    case Meaning::experiment:
    case Meaning::implementation:
    case Meaning::model:
    case Meaning::id:
      to.texts[*use.meaning] = trimmed(text);
  }
}

void put_parameter(Measurement& to, const Naming& naming, const std::string& name,
                   const std::string& text) {
  constexpr std::array expected{Meaning::workers, Meaning::ranks,      Meaning::ranks_per_node,
                                Meaning::threads, Meaning::nodes,      Meaning::series,
                                Meaning::group,   Meaning::experiment, Meaning::implementation,
                                Meaning::model,   Meaning::scaling,    Meaning::size};
  if (name == identity_parameter) {
    to.texts[Meaning::id] = text;
    return;
  }
  const auto use = naming.use_of(name);
  if (naming.is_ignored(name, use.has_value())) return;
  const bool is_expected =
      use && (!use->meaning || naming.is_mapped(name) ||
              std::find(expected.begin(), expected.end(), *use->meaning) != expected.end());
  put(to, is_expected ? *use : Use{.name = name}, text);
}

}  // namespace scalelaw::harness
