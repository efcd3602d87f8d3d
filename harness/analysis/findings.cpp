#include "harness/analysis/findings.hpp"

#include "harness/analysis/findings/kinds.hpp"

namespace scalelaw::harness {

std::vector<Finding> findings_of(const Report& report, const FindingLimits& limits) {
  std::vector<Finding> all;
  const auto add = [&](std::vector<Finding> some) {
    all.insert(all.end(), std::make_move_iterator(some.begin()),
               std::make_move_iterator(some.end()));
  };
  add(doubts(report));
  add(scaling(report));
  add(winner(report));
  add(limit(report));
  add(theory(report));
  add(publication(report));
  add(superlinear(report));
  add(faster_peers(report));
  add(efficiency(report, limits));
  if (all.size() > most_findings) all.resize(most_findings);
  return all;
}

}  // namespace scalelaw::harness
