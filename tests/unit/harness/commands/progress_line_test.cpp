#include "harness/commands/progress_line.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace scalelaw::harness {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// What is shown with so many seconds left.
std::string with_left(double remaining_s) {
  const std::string text =
      progress_text({.points_done = 1, .points = 2, .remaining_s = remaining_s});
  const std::string before = "1 of 2 points done, ";
  const std::size_t begin = text.find(before) + before.size();
  return text.substr(begin, text.find(", ", begin) - begin);
}

Point some_point() {
  Point point;
  point.kernel = "dot_product";
  point.model = {.name = "serial", .title = "serial"};
  point.scaling = Scaling::weak;
  point.placement = {1, 2, 3};
  return point;
}

/// What a line shows of these moments.
std::vector<std::string> shown(bool terminal, const std::vector<Progress>& moments) {
  std::vector<std::string> printed;
  ProgressLine line({.terminal = terminal, .columns = 30, .print = [&](const std::string& text) {
                       printed.push_back(text);
                     }});
  for (const Progress& moment : moments) line.show(moment);
  return printed;
}

Progress moment(double elapsed_s, double remaining_s) {
  return {.points = 3, .elapsed_s = elapsed_s, .remaining_s = remaining_s};
}

TEST(ProgressText, TellsWhatIsMeasuredNow) {
  const Point point = some_point();
  const Progress progress{.points_done = 12,
                          .points = 64,
                          .skipped = 4,
                          .now = &point,
                          .elapsed_s = 60,
                          .remaining_s = 180,
                          .widest = 0.123};
  EXPECT_EQ(
      progress_text(progress),
      "25 %, 12 of 64 points done (4 skipped), 3 min left, dot_product serial 1x2x3 weak, widest "
      "interval +-12 %");
}

TEST(ProgressText, TellsWhyNothingIsMeasured) {
  EXPECT_EQ(progress_text({.points = 3, .remaining_s = 7}),
            "0 %, 0 of 3 points done, 7 s left, checking whether the cores are free");
  EXPECT_EQ(progress_text({.points = 3, .pause_s = 8, .remaining_s = 7}),
            "0 %, 0 of 3 points done, 7 s left, waiting 8 s: launches fail for reasons outside the "
            "driver");
}

TEST(ProgressText, ChoosesTheUnitOfTime) {
  EXPECT_EQ(with_left(0), "0 s left");
  EXPECT_EQ(with_left(89), "89 s left");
  EXPECT_EQ(with_left(90), "2 min left");
  EXPECT_EQ(with_left(89 * 60), "89 min left");
  EXPECT_EQ(with_left(90 * 60), "1.5 h left");
  EXPECT_EQ(with_left(100 * 3600), "100.0 h left");
  EXPECT_EQ(with_left(unknown), "time left unknown");
  EXPECT_EQ(with_left(std::numeric_limits<double>::infinity()), "time left unknown");
}

TEST(PlanText, TellsTheTimeBeforeTheFirstLaunch) {
  EXPECT_EQ(plan_text(64, 4, {.least_s = 100, .most_s = 300}),
            "64 points to measure (4 skipped): 2 min to 5 min, estimated from the plan");
  EXPECT_EQ(
      plan_text(64, 4, {.least_s = 100, .most_s = 300}, 16),
      "64 points to measure, 16 of them in the same launches as another (4 skipped): 2 min to "
      "5 min, estimated from the plan");
  EXPECT_EQ(plan_text(1, 0, {.least_s = 3, .most_s = 3.1}),
            "1 point to measure: about 3 s, estimated from the plan");
  EXPECT_EQ(
      plan_text(1, 0, {.least_s = 3, .most_s = 3.1, .gated = true}),
      "1 point to measure: about 3 s, estimated from the plan; longer if the machine is busy");
  EXPECT_EQ(plan_text(2, 0, {.least_s = 3, .most_s = std::numeric_limits<double>::infinity()}),
            "2 points to measure: 3 s to any time, estimated from the plan");
}

TEST(BudgetDoubt, NamesTheTimeThatTheFewestLaunchesTake) {
  Measuring measuring;
  measuring.launches_min = 6;
  measuring.campaign_budget_s = 30;
  EXPECT_EQ(
      budget_doubt({.floor_s = 300}, measuring),
      "budget_s = 30 of the campaign does not hold the 6 launches of each point that are made "
      "in any case: they take about 5 min");
  EXPECT_EQ(budget_doubt({.floor_s = 30}, measuring), "");
  measuring.campaign_budget_s = std::numeric_limits<double>::infinity();
  EXPECT_EQ(budget_doubt({.floor_s = 300}, measuring), "");
}

TEST(ProgressLine, OnATerminalStaysWithinItsWidth) {
  const Point point = some_point();
  Progress progress = moment(1, 10);
  progress.now = &point;
  const std::vector<std::string> printed = shown(true, {progress, progress});
  ASSERT_EQ(printed.size(), 3U) << "two lines, and the last is removed";
  const std::string begin = "\r\033[K";
  EXPECT_EQ(printed[0], begin + progress_text(progress).substr(0, 29));
  EXPECT_EQ(printed.back(), begin);
}

TEST(ProgressLine, ElsewhereIsALineForEachStep) {
  EXPECT_EQ(shown(false, {moment(1, 9), moment(4, 6), moment(4.9, 0)}).size(), 0U)
      << "a campaign of five seconds needs no progress";
  EXPECT_EQ(shown(false, {moment(6, 94), moment(7, 93), moment(10, 90), moment(12, 88)}).size(), 2U)
      << "5 % have passed at 6 s and at 12 s";
  EXPECT_EQ(
      shown(false, {moment(5, 9995), moment(29, 9971), moment(31, 9969), moment(62, 9938)}).size(),
      2U)
      << "30 s have passed twice";
  EXPECT_EQ(shown(false, {moment(6, 94)}).front(), progress_text(moment(6, 94)) + "\n");
}

}  // namespace
}  // namespace scalelaw::harness
