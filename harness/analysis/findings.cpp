#include "harness/analysis/findings.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "common/field.hpp"
#include "harness/analysis/findings/kinds.hpp"

namespace scalelaw::harness {
namespace {

FindingKind kind_of(const Finding& finding) {
  return enum_from<FindingKind>(finding.kind, "kind");
}

/// As many as a report begins with: the first of each kind before any second one, and then in the
/// order of their kinds.
std::vector<Finding> most_important(std::vector<Finding> all) {
  if (all.size() <= most_findings) return all;
  std::vector<Finding> out, seconds;
  std::set<std::string> kinds;
  for (Finding& one : all) {
    (kinds.insert(one.kind).second ? out : seconds).push_back(std::move(one));
  }
  out.insert(out.end(), std::make_move_iterator(seconds.begin()),
             std::make_move_iterator(seconds.end()));
  out.resize(most_findings);
  std::stable_sort(out.begin(), out.end(),
                   [](const Finding& a, const Finding& b) { return kind_of(a) < kind_of(b); });
  return out;
}

}  // namespace

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
  return most_important(std::move(all));
}

}  // namespace scalelaw::harness
