#include "adapter/samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "adapter/pattern.hpp"
#include "common/error.hpp"
#include "common/lines.hpp"
#include "common/quantity.hpp"

namespace scalelaw::adapter {
namespace {

using nlohmann::json;
using Run = std::vector<Part>;

/// The text that was seen where a pattern found nothing.
std::string seen(const Part& part) {
  const std::vector<std::string> lines = lines_of(part.last_words);
  if (lines.empty()) return "there was no output";
  return fmt::format("the output ends with '{}'", lines.back());
}

double slowest_s(const Run& run) {
  double out = 0;
  for (const Part& part : run) out = std::max(out, part.use.wall_s);
  return out;
}

/// The times that a run printed: each the longest that some rank printed at its place.
std::vector<double> printed_times(const Run& run, const Definition& definition) {
  std::vector<double> out;
  for (const Part& part : run) {
    out.resize(std::max(out.size(), part.times_s.size()), 0.0);
    for (std::size_t i = 0; i < part.times_s.size(); ++i) {
      out[i] = std::max(out[i], part.times_s[i]);
    }
  }
  if (out.empty()) {
    throw RunFailure(
        fmt::format("`time` finds nothing: '{}'; {}", definition.time, seen(run.front())),
        "correct the pattern: it is looked for in each line of stdout and stderr");
  }
  const double all_s = std::accumulate(out.begin(), out.end(), 0.0);
  constexpr double slack = 1.01, slack_s = 0.01;
  if (all_s > slowest_s(run) * slack + slack_s) {
    throw RunFailure(fmt::format("`time` found {} together, and the process lasted {}",
                                 format_seconds(all_s), format_seconds(slowest_s(run))),
                     "let it find seconds of different parts of the run, or say the unit: "
                     "time_unit = \"ms\"");
  }
  return out;
}

std::vector<double> times_of(const Run& run, const Definition& definition) {
  if (definition.time.empty()) return {slowest_s(run)};
  return printed_times(run, definition);
}

/// The means of the runs' times, place by place.
std::vector<double> mean_times(const std::vector<Run>& runs, const Definition& definition) {
  std::vector<double> sums;
  for (const Run& run : runs) {
    const std::vector<double> times = times_of(run, definition);
    if (sums.empty()) sums.resize(times.size(), 0.0);
    if (sums.size() != times.size()) {
      throw RunFailure(fmt::format("`time` finds {} times in one run and {} in another",
                                   sums.size(), times.size()),
                       "let the program print as many in every run, or take --batch 1");
    }
    for (std::size_t i = 0; i < times.size(); ++i) sums[i] += times[i];
  }
  for (double& sum : sums) sum /= static_cast<double>(runs.size());
  return sums;
}

/// What the first rank that printed it says.
std::optional<std::string> checked(const Run& run) {
  for (const Part& part : run) {
    if (part.check) return part.check;
  }
  return std::nullopt;
}

bool agree(const std::string& a, const std::string& b, double tolerance) {
  if (a == b) return true;
  if (!(tolerance > 0)) return false;
  const double x = number_in(a), y = number_in(b);
  return std::abs(x - y) <= tolerance * std::max(std::abs(x), std::abs(y));
}

/// The result of the runs, and what is wrong with it.
json result_of(const Definition& definition, const std::vector<Run>& runs) {
  std::string fault;
  json facts = json::object();
  if (!definition.check.empty()) {
    const auto first = checked(runs.front());
    try {
      for (const Run& run : runs) {
        const auto text = checked(run);
        if (!text) {
          throw Error(
              fmt::format("`check` finds nothing: '{}'; {}", definition.check, seen(run.front())));
        }
        if (definition.check_tolerance > 0) (void)number_in(*text);
        if (!agree(*first, *text, definition.check_tolerance)) {
          throw Error(fmt::format(
              "`check` found '{}' in one run and '{}' in another: let it find what every "
              "run prints alike, or allow rounding with check_tolerance",
              *first, *text));
        }
      }
    } catch (const Error& error) {
      fault = error.what();
      if (fault.ends_with("is not a number")) fault = "`check`, which has a tolerance: " + fault;
    }
    if (first) facts["check"] = *first;
  }
  return {{"facts", facts}, {"verified", fault.empty()}, {"fault", fault}};
}

/// What the process of a rank took and what was seen of it, as the mean of the runs.
json use_of(const std::vector<Run>& runs, std::size_t rank) {
  ProcessUse mean{.wall_s = 0, .user_s = 0, .system_s = 0, .peak_bytes = 0};
  Observed seen;  // unknown where it is in a run
  for (const auto& quantity : observed_quantities) seen.*quantity.member = 0;
  for (const Run& run : runs) {
    if (rank >= run.size()) return json::object();
    const auto part = 1 / static_cast<double>(runs.size());
    mean.wall_s += run[rank].use.wall_s * part;
    mean.user_s += run[rank].use.user_s * part;
    mean.system_s += run[rank].use.system_s * part;
    mean.peak_bytes = std::max(mean.peak_bytes, run[rank].use.peak_bytes);
    for (const auto& [name, member] : observed_quantities) {
      seen.*member += run[rank].seen.*member * part;
    }
  }
  json out{{"process_s", mean.wall_s},
           {"user_s", mean.user_s},
           {"system_s", mean.system_s},
           {"peak_bytes", mean.peak_bytes}};
  out.update(seen_json(seen));
  return out;
}

/// The ranks' times in sample `number` of the runs.  What a process took stands in its first sample.
json ranks_of(const Definition& definition, const std::vector<Run>& runs, std::int64_t ranks,
              std::size_t number, double total_s) {
  const bool whole = static_cast<std::int64_t>(runs.front().size()) == ranks;
  json out = json::array();
  for (std::int64_t rank = 0; rank < ranks; ++rank) {
    const auto at = static_cast<std::size_t>(rank);
    json one = whole && number == 0 ? use_of(runs, at) : json::object();
    const bool own = definition.time.empty() && one.contains("process_s");
    one["total_s"] = own ? std::min(one["process_s"].get<double>(), total_s) : total_s;
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

std::vector<json> samples_of(const Definition& definition, const std::vector<Run>& runs,
                             std::int64_t ranks) {
  const std::vector<double> times = mean_times(runs, definition);
  const json result = result_of(definition, runs);
  std::vector<json> out;
  for (std::size_t i = 0; i < times.size(); ++i) {
    json sample{{"record", "sample"},
                {"index", 0},
                {"diagnostic", false},
                {"total_s", times[i]},
                {"ranks", ranks_of(definition, runs, ranks, i, times[i])}};
    sample.update(result);
    out.push_back(std::move(sample));
  }
  return out;
}

}  // namespace scalelaw::adapter
