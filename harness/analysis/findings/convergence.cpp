#include "harness/analysis/convergence.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/findings/repetition.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/results/preview_mark.hpp"

namespace scalelaw::harness {
namespace {

std::vector<std::string> remedies(const Report& report, const Convergence& seen) {
  std::vector<std::string> out{"a quieter machine, a larger size"};
  if (const auto more = more_repetition(report, seen.wide)) out.push_back(*more);
  if (!seen.wide.empty()) {
    out.emplace_back("to allow more launches, raise `budget_s` and `launches_max` in the config");
  }
  return out;
}

}  // namespace

std::vector<Draft> few_converged(const Report& report) {
  // Nobody let them converge.
  if (is_imported(*report.results) || is_preview(*report.results)) return {};
  const Convergence seen = convergence_of(report);
  if (!seen.is_poor()) return {};
  const std::size_t good = seen.converged();
  const std::string medians = counted(seen.timed.size(), "median");
  const std::string some = good == 0 ? "None of the " : fmt::format("Only {} of ", good);
  std::string text = fmt::format(
      "{} converged to a 95 % interval within {}{}",
      seen.timed.size() == 1 ? "The only median has not" : some + medians,
      percent(report.results->target_interval, 1),
      good == 0 ? "" : ", and where so few do, the intervals of those may be too narrow");
  const std::vector<std::string> help = remedies(report, seen);
  text += fmt::format(". What would help: {}.", fmt::join(help, "; "));
  return {finding(FindingKind::convergence, text,
                  {.value = static_cast<double>(good) / static_cast<double>(seen.timed.size())})};
}

}  // namespace scalelaw::harness
