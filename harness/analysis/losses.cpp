#include "harness/analysis/losses.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {
namespace {

/// The fact with which a kernel says how much of its work was lost.
constexpr const char* lost_fact = "lost";

std::optional<double> number_in(const std::string& text) {
  double out = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  return fault == std::errc{} && end == text.data() + text.size() ? std::optional(out)
                                                                  : std::nullopt;
}

}  // namespace

Losses losses_in(const Results& results) {
  Losses out;
  for (const Sample& sample : results.samples) {
    const Launch& launch = results.launches[static_cast<std::size_t>(sample.launch)];
    const auto fact = sample.facts.find(lost_fact);
    if (!gives_times(launch) || sample.diagnostic || fact == sample.facts.end()) continue;
    if (const auto lost = number_in(fact->second)) out[launch.point].push_back(*lost);
  }
  return out;
}

bool has_lost(const Losses& losses, std::int64_t point) {
  const auto found = losses.find(point);
  return found != losses.end() && *std::max_element(found->second.begin(), found->second.end()) > 0;
}

}  // namespace scalelaw::harness
