#include "harness/analysis/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

std::string name_of(const ReportSeries& series) {
  return fmt::format("{} {}", scaled_label(*series.series.first),
                     runner_label(*series.series.first));
}

const Validation* worst_of(const SimulatedSeries& series) {
  const auto worst = std::max_element(
      series.validated.begin(), series.validated.end(),
      [](const auto& a, const auto& b) { return std::abs(a.error) < std::abs(b.error); });
  return worst == series.validated.end() ? nullptr : &*worst;
}

/// How near the simulations came to what was measured.
Draft accuracy(const Report& report, const std::vector<SimulatedSeries>& all) {
  const SimulatedSeries* worst = nullptr;
  std::size_t validated = 0;
  for (const SimulatedSeries& series : all) {
    if (series.validated.empty()) continue;
    ++validated;
    const bool larger =
        worst == nullptr || std::abs(worst_of(series)->error) > std::abs(worst_of(*worst)->error);
    if (larger) worst = &series;
  }
  if (worst == nullptr) {
    return finding(FindingKind::simulation,
                   "No simulation was validated: no placement of several workers was both measured "
                   "and simulated.");
  }
  const Validation& at = *worst_of(*worst);
  return finding(
      FindingKind::simulation,
      fmt::format(
          "Of {}, {} validated; the worst is {} at {}: {} off.", counted(all.size(), "simulation"),
          validated == 1 ? "1 was" : fmt::format("{} were", validated), name_of(*worst->simulated),
          counted(static_cast<std::size_t>(report.numbers(at.simulated).workers), "worker"),
          percent(std::abs(at.error))),
      {.value = at.error});
}

/// "serial phases grow from 2 % to 40 % of the time".
std::string growth_of(const SimulatedSeries& series) {
  if (!series.grows) return {};
  return fmt::format(
      ": {} from {} to {} of the time",
      *series.grows == Role::serial ? "serial phases grow" : "transfer and waiting grow",
      percent(series.grows_from), percent(series.grows_to));
}

/// Where the combined prediction first leaves a simulation, and why.
std::optional<Draft> leaving(const std::vector<SimulatedSeries>& all) {
  const SimulatedSeries* first = nullptr;
  std::size_t compared = 0, left = 0;
  for (const SimulatedSeries& series : all) {
    if (series.predictions.empty()) continue;
    ++compared;
    const HeldAgainst& said = series.predictions.front();
    if (said.first == 0) continue;
    ++left;
    if (first == nullptr || said.first < first->predictions.front().first) first = &series;
  }
  if (compared == 0) return std::nullopt;
  if (first == nullptr) {
    return finding(FindingKind::simulation,
                   fmt::format("What was predicted from the measurements stays within {} of {}.",
                               percent(departure), counted(compared, "simulation")));
  }
  const HeldAgainst& said = first->predictions.front();
  return finding(
      FindingKind::simulation,
      fmt::format(
          "The prediction from the measurements leaves {} of {} by more than {}; first that "
          "of {}, at {}, {} too {}{}.",
          left, counted(compared, "simulation"), percent(departure), name_of(*first->simulated),
          counted(static_cast<std::size_t>(said.first), "worker"),
          percent(std::abs(said.first_error)), said.first_error > 0 ? "fast" : "slow",
          growth_of(*first)),
      {.value = said.first_error});
}

}  // namespace

std::vector<Draft> simulation(const Report& report) {
  const std::vector<SimulatedSeries> all = simulated_series(report);
  if (all.empty()) return {};
  std::vector<Draft> out{accuracy(report, all)};
  if (auto draft = leaving(all)) out.push_back(*std::move(draft));
  return out;
}

}  // namespace scalelaw::harness
