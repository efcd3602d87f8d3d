#include "harness/analysis/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "common/field.hpp"
#include "harness/analysis/findings/kinds.hpp"

namespace scalelaw::harness {
namespace {

/// As many as a report begins with: the first of each kind, in their order, before any second one.
std::vector<Finding> most_important(std::vector<Finding> all) {
  std::set<std::string> kinds;
  std::stable_partition(all.begin(), all.end(),
                        [&](const Finding& one) { return kinds.insert(one.kind).second; });
  all.resize(std::min(all.size(), most_findings));
  return all;
}

/// The marks that all findings about points have, where there are several.
std::vector<Mark> common_marks(const std::vector<Finding>& findings) {
  std::vector<Mark> common;
  std::size_t count = 0;
  for (const Finding& one : findings) {
    if (one.point < 0) continue;
    const std::vector<Mark> marks = marks_in(one.marks);
    if (count++ == 0) common = marks;
    std::erase_if(common, [&](Mark mark) { return std::ranges::count(marks, mark) == 0; });
  }
  if (count < 2) common.clear();
  return common;
}

/// Ends each sentence about points with their marks.  Marks that all of them have are said once.
void say_marks(std::vector<Finding>& findings) {
  const std::vector<Mark> common = common_marks(findings);
  bool said = common.empty();
  for (Finding& one : findings) {
    std::vector<Mark> marks = marks_in(one.marks);
    if (one.point < 0) continue;
    std::erase_if(marks, [&](Mark mark) { return std::ranges::count(common, mark) > 0; });
    std::string words = marks.empty() ? "" : "marked: " + marks_text(marks);
    if (!said) {
      words += fmt::format("{}: {}", words.empty() ? "marked, like all below" : "; like all below",
                           marks_text(common));
      said = true;
    }
    if (!words.empty()) one.text.insert(one.text.size() - 1, fmt::format(" ({})", words));
  }
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
  add(failed(report));
  add(superlinear(report));
  add(faster_peers(report));
  add(efficiency(report, limits));
  all = most_important(std::move(all));
  say_marks(all);
  return all;
}

}  // namespace scalelaw::harness
