#include "harness/measure/assess.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstring>
#include <sstream>

#include "common/field.hpp"
#include "common/json_text.hpp"
#include "common/quantity.hpp"
#include "harness/measure/binding.hpp"
#include "harness/store/record_rules.hpp"

namespace scalelaw {
namespace {

using nlohmann::json;

constexpr double resolutions_per_sample = 1000;

/// The last line of a log that says something; the rules that launchers draw say nothing.
std::string last_line(const std::string& log) {
  std::string last;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of("- \t\r") != std::string::npos) last = line;
  }
  return last;
}

/// What the driver itself said on stderr, "scalelaw-MODEL: WHAT"; empty when it said nothing.
std::string driver_line(const std::string& log) {
  for (std::size_t at = log.find("scalelaw-"); at != std::string::npos;
       at = log.find("scalelaw-", at + 1)) {
    if (at != 0 && log[at - 1] != '\n') continue;
    std::string line = log.substr(at, log.find('\n', at) - at);
    if (line.find(": ") != std::string::npos) return line;
  }
  return {};
}

Assessment assess_exit(const Job& job, const Outcome& outcome) {
  if (outcome.timed_out) {
    return {State::timeout,
            fmt::format("killed after {} (timeout_s)", format_seconds(job.timeout_s))};
  }
  const std::string said = driver_line(outcome.log);
  const auto with_message = [&](const std::string& what) {
    const std::string message = said.empty() ? last_line(outcome.log) : said;
    return message.empty() ? what : what + ": " + message;
  };
  if (outcome.exit_code == 0) return {};
  if (outcome.exit_code == 1 && !said.empty()) {  // otherwise it may be the launcher's
    return {State::crashed, with_message("the driver refused its input")};
  }
  if (outcome.exit_code == 2) return {State::wrong_result, with_message("wrong result")};
  if (outcome.exit_code > 128 && outcome.exit_code < 128 + NSIG) {
    const int number = outcome.exit_code - 128;
    return {State::crashed,
            with_message(fmt::format("killed by signal {} ({})", number, ::strsignal(number)))};
  }
  return {State::crashed, with_message(fmt::format("exit code {}", outcome.exit_code))};
}

std::string fault_of_samples(const Record& record) {
  for (const Sample& sample : record.samples) {
    if (sample.verified) continue;
    return fmt::format("sample {}: {}", sample.index,
                       sample.fault.empty() ? "the result did not verify" : sample.fault);
  }
  return {};
}

/// A time must be many ticks of the clock that took it, or it is mostly rounding.
std::string fault_of_timer(const Record& record) {
  const json& header = record.header;
  if (!header.contains("timer")) return {};
  const double resolution_s = header["timer"].value("resolution_s", 0.0);
  const double batch = header.value("batch", 1.0);
  for (const Sample& sample : record.samples) {
    if (sample.total_s * batch >= resolutions_per_sample * resolution_s) continue;
    return fmt::format(
        "sample {} lasted {}, less than {} times the clock's resolution of {}: choose "
        "a larger size, or --batch auto",
        sample.index, format_seconds(sample.total_s * batch), resolutions_per_sample,
        format_seconds(resolution_s));
  }
  return {};
}

/// Says whether the record is of the point that was asked for.
std::string fault_of_identity(const Point& point, const json& header) {
  const auto differs = [&](const char* key, const std::string& wanted) {
    const std::string got = header.value(key, wanted);
    return got == wanted ? std::string{} : fmt::format("{} {} ran, not {}", key, got, wanted);
  };
  for (std::string fault :
       {differs("kernel", point.kernel), differs("model", std::string(to_string(point.model))),
        differs("implementation", point.implementation)}) {
    if (!fault.empty()) return fault;
  }
  return {};
}

}  // namespace

std::string FactBook::enter(const Point& point, const json& header,
                            std::span<const Sample> samples) {
  // What the driver says it computed, defaults included; the seed too, since inputs come from it.
  const auto told = [&](const char* name, const json& otherwise) {
    const bool known = header.is_object() && header.contains(name);
    return serialize(known ? header[name] : otherwise);
  };
  std::string key = point.implementation + '\n' + point.kernel + '\n' +
                    told("params", point.params) + '\n' + told("seed", json());
  if (point.implementation != "scalelaw") key += '\n' + point.id;
  for (const Sample& sample : samples) {
    const auto [entry, is_new] = entries_.try_emplace(key, Entry{sample.facts, point.id});
    if (is_new || entry->second.facts == sample.facts) continue;
    for (const auto& [name, value] : entry->second.facts) {
      const auto here = sample.facts.find(name);
      if (here != sample.facts.end() && here->second == value) continue;
      return fmt::format("sample {}: {} = {}, but {} in {}", sample.index, name,
                         here == sample.facts.end() ? "nothing" : here->second, value,
                         entry->second.told_by);
    }
    return fmt::format("sample {} tells more facts than {}", sample.index, entry->second.told_by);
  }
  return {};
}

Assessment assess(const Point& point, const Job& job, const Outcome& outcome, const Record& record,
                  FactBook& facts) {
  Assessment by_exit = assess_exit(job, outcome);
  if (by_exit.state != State::ok) return by_exit;
  if (!record.fault.empty()) return {State::crashed, record.fault};
  if (std::string fault = fault_of_samples(record); !fault.empty()) {
    return {State::wrong_result, std::move(fault)};
  }
  if (record.samples.empty()) return {State::crashed, "the record has no samples"};
  const LaunchFacts known{job.samples, point.clock == TimeSource::measured ? outcome.wall_s : 0};
  if (std::string fault = fault_of_claims(record, known); !fault.empty()) {
    return {State::crashed, std::move(fault)};
  }
  for (std::string fault : {fault_of_identity(point, record.header),
                            binding_fault(point, record.header), fault_of_timer(record)}) {
    if (!fault.empty()) return {State::invalid, std::move(fault)};
  }
  if (std::string fault = facts.enter(point, record.header, record.samples); !fault.empty()) {
    return {State::wrong_result, std::move(fault)};
  }
  return {};
}

}  // namespace scalelaw
