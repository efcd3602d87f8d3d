#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace scalelaw::harness {

struct Report;

/// To what extent a results file keeps a rule.
enum class Standing {
  kept,           ///< everywhere
  partly,         ///< in at least half of the cases
  broken,         ///< in fewer
  not_applicable  ///< the file has nothing that the rule is about
};
constexpr auto enum_names(Standing) {
  return std::array<std::string_view, 4>{"kept", "partly", "broken", "not applicable"};
}

/// One of the twelve rules of Hoefler & Belli (SC15), judged by the contents of the file.
struct RuleVerdict {
  int number = 0;
  Standing standing = Standing::not_applicable;
  std::string rule;    ///< in short
  std::string reason;  ///< with the numbers that decide
};

/// The twelve rules, judged for a report that is complete except for `rules`.  The results decide,
/// not what the program could do: each verdict counts cases in this file.
std::vector<RuleVerdict> judge_rules(const Report& report);

}  // namespace scalelaw::harness
