// Google Benchmark's JSON (--benchmark_out).
// Source: google/benchmark, src/json_reporter.cc and src/benchmark_name.cc (1.5 to 1.9).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "common/json_text.hpp"
#include "exchange_format_list.hpp"
#include "harness/exchange/foreign.hpp"
#include "harness/exchange/format.hpp"
#include "harness/exchange/import_command.hpp"
#include "harness/exchange/naming.hpp"
#include "harness/exchange/numbers.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// The parts of a benchmark's name: "BM_x<a/b>/n:8/threads:4" has three.
std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> out(1);
  int depth = 0;  // of template arguments
  for (const char c : name) {
    if (c == '<') ++depth;
    if (c == '>') --depth;
    if (c == '/' && depth <= 0) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

/// What a name says of how a benchmark was timed, and not of what it did.
bool is_setting(const std::string& part) {
  constexpr std::array words{"real_time", "process_time", "manual_time"};
  constexpr std::array starts{"iterations:", "repeats:", "min_time:", "min_warmup_time:"};
  return std::find(words.begin(), words.end(), part) != words.end() ||
         std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return part.starts_with(start); });
}

void put_name(Measurement& to, const Naming& naming, const std::string& name,
              std::vector<std::string>& parameters) {
  const auto put_argument = [&](const std::string& parameter, const std::string& value) {
    parameters.push_back(parameter);
    put_parameter(to, naming, parameter, value);
  };
  int arguments = 0;
  std::string series;
  for (const std::string& part : parts_of(name)) {
    const auto colon = part.find(':');
    const bool named = colon != std::string::npos && colon > 0 && part.find("::") != colon;
    if (is_setting(part)) continue;
    if (!series.empty() && is_number(part)) {
      put_argument(fmt::format("arg{}", arguments++), part);
    } else if (!series.empty() && named) {
      put_argument(part.substr(0, colon), part.substr(colon + 1));
    } else {
      series += (series.empty() ? "" : "/") + part;
    }
  }
  to.texts[Meaning::series] = series;
}

/// The threads that the library started.  Arguments may say more of them: a benchmark that starts its
/// own threads is called with one.
void put_threads(Measurement& to, const json& entry) {
  if (!entry.contains("threads") || !entry["threads"].is_number_integer()) return;
  const auto threads = entry["threads"].get<std::int64_t>();
  if (threads <= 1 && !to.counts.empty()) return;
  const auto [said, is_new] = to.counts.try_emplace(Meaning::threads, threads);
  if (is_new || said->second == threads) return;
  throw Error(
      fmt::format("its name says {} threads, and its field 'threads' {}", said->second, threads),
      "give the file as the benchmark wrote it");
}

/// The name of the aggregate that an entry is; empty: it is one measurement.
std::string aggregate_of(const json& entry, const std::string& name) {
  if (entry.contains("run_type")) {
    return entry.value("run_type", "") == "aggregate" ? entry.value("aggregate_name", "unknown")
                                                      : "";
  }
  for (const char* known : {"mean", "median", "stddev", "cv", "BigO", "RMS"}) {
    if (name.ends_with(std::string("_") + known)) return known;
  }
  return {};
}

/// One entry that is used.
struct Entry {
  std::string where, name;
  const json* value = nullptr;
};

/// The measurements; where there are only aggregates, their medians.
std::vector<Entry> entries_of(const json& benchmarks, Reading& reading) {
  std::vector<Entry> single, medians;
  for (std::size_t i = 0; i < benchmarks.size(); ++i) {
    Entry one{fmt::format("benchmarks[{}]", i), "", &benchmarks[i]};
    const std::string name = text_member(benchmarks[i], "name", one.where);
    const std::string aggregate = aggregate_of(benchmarks[i], name);
    one.name = benchmarks[i].value("run_name", name);
    if (one.name.ends_with("_" + aggregate) && !aggregate.empty()) {
      one.name.resize(one.name.size() - aggregate.size() - 1);
    }
    if (aggregate.empty()) single.push_back(one);
    if (aggregate == "median") medians.push_back(one);
  }
  if (!single.empty() || medians.empty()) return single;
  reading.notes.emplace_back("the file has aggregates only: each median counts as one launch");
  return medians;
}

Measurement measurement_of(const Entry& entry, const Naming& naming,
                           std::vector<std::string>& parameters) {
  const json& value = *entry.value;
  Measurement out;
  out.where = entry.where;
  out.texts[Meaning::launch] = "of this file";
  if (value.contains("repetition_index")) {
    out.texts[Meaning::repetition] = json_text(value["repetition_index"]);
  }
  put_name(out, naming, entry.name, parameters);
  put_threads(out, value);
  if (value.value("error_occurred", false)) {
    out.fault = value.value("error_message", "");
    if (out.fault.empty()) out.fault = "the benchmark reported an error";
    return out;
  }
  state_unit(out, text_member(value, "time_unit", entry.where));
  out.time = positive(member(value, "real_time", entry.where), entry.where + ".real_time");
  return out;
}

void put_context(const json& whole, Reading& reading) {
  if (!whole.contains("context") || !whole["context"].is_object()) return;
  for (const auto& [key, value] : whole["context"].items()) {
    if (value.is_structured()) continue;
    reading.environment["import." + key] = json_text(value);
  }
  const json& context = whole["context"];
  if (context.contains("host_name"))
    reading.environment["host.name"] = json_text(context["host_name"]);
  if (context.contains("date")) reading.started = json_text(context["date"]);
}

/// From version 1.9 on, the time is that of an iteration of each thread; before, it was divided by
/// the threads.
void note_meaning(const json& whole, const ImportOptions& options, Reading& reading) {
  const bool several =
      std::any_of(whole["benchmarks"].begin(), whole["benchmarks"].end(), [](const json& entry) {
        const auto found = entry.find("threads");
        return found != entry.end() && found->is_number() && found->get<double>() > 1;
      });
  if (!several || !options.scaling.empty()) return;
  const bool is_new = whole.contains("context") && whole["context"].contains("library_version");
  reading.notes.emplace_back(
      is_new
          ? "Google Benchmark 1.9 and newer give the time of each thread's iteration: if every "
            "thread does all of the work: " +
                import_command(options, {"--scaling", "weak"})
          : "Google Benchmark before 1.9 divides the time by the number of threads: it is that of "
            "one iteration of them all together");
}

Reading read_google_benchmark(const ForeignFile& file, const ImportOptions& options) {
  const json whole = parse_foreign(file.text);
  const Naming naming(options);
  Reading reading;
  std::vector<std::string> parameters;
  const json& benchmarks = list_member(whole, "benchmarks", "the file");
  for (const Entry& entry : entries_of(benchmarks, reading)) {
    try {
      reading.measurements.push_back(measurement_of(entry, naming, parameters));
    } catch (const Error& error) {
      const bool placed = std::string(error.what()).starts_with(entry.where);
      throw Error(placed ? error.what() : fmt::format("{}: {}", entry.where, error.what()),
                  error.hint());
    }
  }
  naming.require_present(parameters);
  put_context(whole, reading);
  note_meaning(whole, options, reading);
  return reading;
}

bool is_google_benchmark(const ForeignFile& file) {
  const json whole = object_of(file.text);
  return whole.contains("benchmarks") && whole["benchmarks"].is_array() &&
         std::all_of(whole["benchmarks"].begin(), whole["benchmarks"].end(),
                     [](const json& one) { return one.is_object() && one.contains("name"); });
}

}  // namespace

ExchangeFormat google_benchmark_format() {
  return {.name = "google-benchmark",
          .title = "Google Benchmark's JSON",
          .launch = "file",
          .uses = {"column", "ignore"},
          .recognizes = is_google_benchmark,
          .read = read_google_benchmark};
}

}  // namespace scalelaw::harness
