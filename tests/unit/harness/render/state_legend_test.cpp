// What the states and marks of a table say stands under it, and nothing of those that it lacks.
#include "harness/render/state_legend.hpp"

#include <gtest/gtest.h>

#include "harness/analysis/marks.hpp"
#include "harness/render/formats.hpp"
#include "support/found_findings.hpp"
#include "support/one_line.hpp"

namespace scalelaw::harness {
namespace {

std::string short_report(const Results& results) {
  return one_line(render(make_report(results), Format::table, Detail::tables));
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(StateLegend, ExplainsOnlyWhatATableShows) {
  SyntheticCampaign out = good();
  EXPECT_NE(short_report(out.results())
                .find("state: converged (the 95 % interval is within ±2.0 %) NxRxT"),
            std::string::npos)
      << short_report(out.results());
  out.results().points[2].state = State::unstable;
  out.results().points[3].state = State::crashed;
  const std::string text = short_report(out.results());
  EXPECT_NE(text.find("unstable (the times have two centres), crashed (failed: "),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("oversubscribed"), std::string::npos) << text;
}

TEST(StateLegend, ExplainsEachOnceUnderTheFirstTableThatShowsIt) {
  SyntheticCampaign out = good();
  for (const std::int64_t p : {1, 2}) {
    Point& point =
        out.add(5, "other", models::openmp, {1, 1, p}, phases(0.02, 0.98, static_cast<double>(p)));
    point.state = State::not_converged;
    point.oversubscribed = p > 1;
  }
  const std::string text = short_report(out.results());
  EXPECT_EQ(count_of(text, "state: converged ("), 1U) << text;
  EXPECT_EQ(count_of(text,
                     "state: not_converged (the 95 % interval is wider than ±2.0 %, or "
                     "missing), oversubscribed (more workers than cores)"),
            1U)
      << text;
  EXPECT_LT(text.find("state: converged ("), text.find("other size"));
  EXPECT_GT(text.find("state: not_converged ("), text.find("other size"));
}

TEST(StateLegend, KnowsEveryMark) {
  for (const std::string_view name : enum_names(Mark{})) {
    EXPECT_FALSE(meaning_of(enum_from<Mark>(name)).empty()) << name;
  }
}

TEST(StateLegend, IsOneLineOfTheLegendInAFullReport) {
  SyntheticCampaign out = good();
  const std::string text =
      one_line(render(make_report(out.results()), Format::table, Detail::full));
  EXPECT_EQ(count_of(text, "state: converged ("), 1U) << text;
  EXPECT_GT(text.find("state: converged ("), text.find("Legend")) << text;
}

}  // namespace
}  // namespace scalelaw::harness
