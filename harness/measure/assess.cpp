#include "harness/measure/assess.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <csignal>
#include <cstring>
#include <optional>

#include "common/field.hpp"
#include "common/json_text.hpp"
#include "common/quantity.hpp"
#include "harness/launch/ending.hpp"
#include "harness/launch/log_line.hpp"
#include "harness/measure/binding.hpp"
#include "harness/results/program_name.hpp"
#include "harness/store/record_rules.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

constexpr double resolutions_per_sample = 1000;

std::string exit_words(int exit_code) {
  if (exit_code > 128 && exit_code < 128 + NSIG) {
    return fmt::format("killed by signal {} ({})", exit_code - 128, ::strsignal(exit_code - 128));
  }
  return fmt::format("exit code {}", exit_code);
}

/// What happened in the words of this program, then those of the log.
std::string what_happened(const Job& job, const Outcome& outcome, const Record& record) {
  if (outcome.timed_out) {
    return fmt::format("killed after {} (timeout_s)", format_seconds(job.timeout_s));
  }
  if (outcome.exit_code == 0) return record.fault;
  std::string what = exit_words(outcome.exit_code);
  if (outcome.exit_code == 128 + SIGKILL && outcome.out_of_memory) {
    what += "; meanwhile the system ended a process because memory ran out";
  }
  return what;
}

/// The reason of a failure outside the driver, with the remedy where there is one.
Assessment of_others(const Ending& ending, const Outcome& outcome, const std::string& what) {
  std::string text;
  switch (ending.cause) {
    case Cause::launcher:
      text = fmt::format("{} failed, not the driver ({})",
                         outcome.via.empty() ? "the launcher" : outcome.via, what);
      break;
    case Cause::scheduler:
      text = fmt::format("SLURM failed, not the driver ({})", what);
      break;
    case Cause::file_system:
      text = fmt::format("the file system failed, not the driver ({})", what);
      break;
    default:
      text = fmt::format("asked to end ({})", what);
  }
  return {State::crashed, text + ": " + ending.words, ending.cause};
}

/// Judges a launch that failed or whose record is incomplete.
Assessment assess_failure(const Job& job, const Outcome& outcome, const Record& record) {
  if (outcome.exit_code == 0 && !outcome.timed_out && record.refused) {
    return {State::crashed, "the file system failed, not the driver: " + record.fault,
            Cause::file_system};
  }
  const bool started = !record.header.is_null();
  const Ending ending = ending_of(outcome, started);
  const std::string what = what_happened(job, outcome, record);
  if (is_of_others(ending.cause)) return of_others(ending, outcome, what);
  // A signal says enough by itself.
  const bool silent = outcome.exit_code > 128 && ending.words == said_nothing;
  const auto with_words = [&](const std::string& begin) {
    return silent ? begin : begin + ": " + ending.words;
  };
  if (outcome.timed_out) return {State::timeout, what, Cause::driver};
  if (outcome.exit_code == 2 && started) {
    return {State::wrong_result, with_words("wrong result"), Cause::driver};
  }
  if (outcome.exit_code == 1 && !driver_words(outcome.log).empty()) {
    return {State::crashed, with_words("the driver refused its input"), Cause::driver};
  }
  if (outcome.exit_code == 3 && ending.program == command_adapter) {
    return {State::crashed, ending.message, Cause::driver};  // of the user's program
  }
  // If the driver reported success, the record says more than its output.
  return {State::crashed, outcome.exit_code == 0 ? what : with_words(what), Cause::driver};
}

std::string fault_of_samples(const Record& record) {
  for (const Sample& sample : record.samples) {
    if (sample.verified) continue;
    return fmt::format("sample {}: {}", sample.index,
                       sample.fault.empty() ? "the result did not verify" : sample.fault);
  }
  return {};
}

/// Checks that the record is of the point that was requested.
std::string fault_of_identity(const Point& point, const json& header) {
  const auto differs = [&](const char* key, const std::string& wanted) {
    const std::string got = header.value(key, wanted);
    return got == wanted ? std::string{} : fmt::format("{} {} ran, not {}", key, got, wanted);
  };
  for (std::string fault : {differs("kernel", point.kernel), differs("model", point.model.name),
                            differs("implementation", point.implementation)}) {
    if (!fault.empty()) return fault;
  }
  return {};
}

/// Which other samples have the same facts; `sample`: none.
enum class Agreement { sample, point, placements, kernel };
constexpr auto enum_names(Agreement) {
  return std::array<std::string_view, 4>{"sample", "point", "placements", "kernel"};
}

Agreement agreement_of(const Point& point, const json& header) {
  if (header.is_object() && header.contains("agreement")) {
    return enum_from<Agreement>(header["agreement"].get<std::string>());
  }
  return point.implementation == own_implementation ? Agreement::placements : Agreement::point;
}

/// A number that a fact consists of, if it does.
std::optional<double> number_in(const std::string& fact) {
  const char* first = fact.data();
  const char* const last = first + fact.size();
  while (first != last && *first == ' ') ++first;
  if (first != last && *first == '+') ++first;
  double value = 0;
  const auto [end, fault] = std::from_chars(first, last, value);
  const bool whole = std::all_of(end, last, [](char c) { return c == ' '; });
  if (fault != std::errc() || !whole || !std::isfinite(value)) return std::nullopt;
  return value;
}

bool same_fact(const std::string& a, const std::string& b, double tolerance) {
  if (a == b) return true;
  if (!(tolerance > 0)) return false;
  const std::optional<double> x = number_in(a), y = number_in(b);
  return x && y && std::abs(*x - *y) <= tolerance * std::max(std::abs(*x), std::abs(*y));
}

/// A rank whose process used more processors than it was to have workers: it started threads of its
/// own accord.  Clocks of the processor time tick coarsely.
std::string fault_of_use(const Point& point, const json& header, std::span<const Sample> samples) {
  if (header.value("binding", "") != "observed" || point.oversubscribed) return {};
  constexpr double slack = 1.1, slack_s = 0.05;
  const auto threads = static_cast<double>(point.placement.threads);
  for (const Sample& sample : samples) {
    for (const RankTimes& rank : sample.ranks) {
      const double busy_s = rank.user_s + rank.system_s;
      if (!(busy_s > threads * rank.process_s * slack + slack_s)) continue;  // nor for NaN
      return fmt::format(
          "sample {}: rank {} kept {:.1f} processors busy with {} thread{} asked for: let the "
          "command tell its program the number, with {{threads}}",
          sample.index, rank.rank, busy_s / rank.process_s, point.placement.threads,
          point.placement.threads == 1 ? "" : "s");
    }
  }
  return {};
}

}  // namespace

std::string too_short(const json& header, std::span<const Sample> samples) {
  if (!header.is_object() || !header.contains("timer")) return {};
  const double resolution_s = header["timer"].value("resolution_s", 0.0);
  const double batch = header.value("batch", 1.0);
  for (const Sample& sample : samples) {
    if (sample.total_s * batch >= resolutions_per_sample * resolution_s) continue;
    return fmt::format(
        "sample {} lasted {}, less than {} times the clock's resolution of {}: choose "
        "a larger size",
        sample.index, format_seconds(sample.total_s * batch), resolutions_per_sample,
        format_seconds(resolution_s));
  }
  return {};
}

std::string FactBook::enter(const Point& point, const json& header,
                            std::span<const Sample> samples) {
  // What the driver says it computed, including defaults and the seed of the inputs.
  const auto told = [&](const char* name, const json& otherwise) {
    const bool known = header.is_object() && header.contains(name);
    return serialize(known ? header[name] : otherwise);
  };
  const std::string work =
      point.kernel + '\n' + told("params", point.params) + '\n' + told("seed", json());
  std::string key = point.implementation + '\n' + work;
  const Agreement agreement = agreement_of(point, header);
  if (agreement == Agreement::sample) return {};
  if (agreement == Agreement::point) key += '\n' + point.id;
  const double tolerance = header.is_object() ? header.value("tolerance", 0.0) : 0.0;
  std::string fault = enter_as(key, point, tolerance, samples);
  const bool common = agreement == Agreement::kernel || point.implementation == own_implementation;
  if (!fault.empty() || !common) return fault;
  return enter_as('\n' + work, point, tolerance, samples);  // no implementation has an empty name
}

std::string FactBook::enter_as(const std::string& key, const Point& point, double stated,
                               std::span<const Sample> samples) {
  for (const Sample& sample : samples) {
    const auto [entry, is_new] = entries_.try_emplace(key, Entry{sample.facts, point.id, stated});
    if (is_new || entry->second.facts == sample.facts) continue;
    const double tolerance = std::max(stated, entry->second.tolerance);
    for (const auto& [name, value] : entry->second.facts) {
      const auto here = sample.facts.find(name);
      if (here != sample.facts.end() && same_fact(here->second, value, tolerance)) continue;
      return fmt::format("sample {}: {} = {}, but {} in {}", sample.index, name,
                         here == sample.facts.end() ? "nothing" : here->second, value,
                         entry->second.told_by);
    }
    if (sample.facts.size() == entry->second.facts.size()) continue;  // all within the tolerance
    return fmt::format("sample {} reports more facts than {}", sample.index, entry->second.told_by);
  }
  return {};
}

Assessment assess(const Point& point, const Job& job, const Outcome& outcome, const Record& record,
                  FactBook& facts) {
  if (outcome.exit_code != 0 || outcome.timed_out || !record.fault.empty()) {
    return assess_failure(job, outcome, record);
  }
  if (std::string fault = fault_of_samples(record); !fault.empty()) {
    return {State::wrong_result, std::move(fault), Cause::driver};
  }
  if (record.samples.empty()) return {State::crashed, "the record has no samples", Cause::driver};
  const LaunchFacts known{job.samples, point.clock == TimeSource::measured ? outcome.wall_s : 0};
  if (std::string fault = fault_of_claims(record, known); !fault.empty()) {
    return {State::crashed, std::move(fault), Cause::driver};
  }
  for (std::string fault :
       {fault_of_identity(point, record.header), binding_fault(point, record.header, job.bound),
        fault_of_use(point, record.header, record.samples),
        too_short(record.header, record.samples)}) {
    if (!fault.empty()) return {State::invalid, std::move(fault), Cause::driver};
  }
  if (std::string fault = facts.enter(point, record.header, record.samples); !fault.empty()) {
    return {State::wrong_result, std::move(fault), Cause::driver};
  }
  return {};
}

}  // namespace scalelaw::harness
