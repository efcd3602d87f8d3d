#include "harness/render/state_legend.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/field.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

struct Word {
  std::string word, meaning;
};

/// The words that state_text() shows.
std::vector<Word> words_of(const Report& report, const ScalingRow& row) {
  std::vector<Word> out;
  const std::string target = percent(report.results->target_interval, 1);
  if (row.state == State::converged) {
    out.push_back({"converged", "the 95 % interval is within ±" + target});
  }
  if (row.state == State::ok) out.push_back({"ok", "no launch failed"});
  for (const Mark mark : marks_in(row.marks)) {
    const std::string meaning = mark == Mark::not_converged
                                    ? "the 95 % interval is wider than ±" + target + ", or missing"
                                    : std::string(meaning_of(mark));
    out.push_back({std::string(to_string(mark)), meaning});
  }
  return out;
}

}  // namespace

std::string StateLegend::line_for(const std::vector<ReportRow>& rows) {
  std::vector<std::string> parts;
  for (const ReportRow& row : rows) {
    for (const auto& [word, meaning] : words_of(report_, report_.of(row))) {
      if (told_.insert(word).second) parts.push_back(fmt::format("{} ({})", word, meaning));
    }
  }
  return parts.empty() ? "" : fmt::format("state: {}", fmt::join(parts, ", "));
}

}  // namespace scalelaw::harness
