#include "harness/commands/progress_line.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace scalelaw::harness {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// What is shown with so many seconds left.
std::string with_left(double remaining_s) {
  const std::string text =
      progress_text({.points_done = 1, .points = 2, .remaining_s = remaining_s});
  return text.substr(text.rfind(", ") + 2);
}

TEST(ProgressText, TellsWhatIsMeasuredNow) {
  Point point;
  point.kernel = "dot_product";
  point.model = {.name = "serial", .title = "serial"};
  point.scaling = Scaling::weak;
  point.placement = {1, 2, 3};
  const Progress progress{.points_done = 12, .points = 64, .now = &point, .remaining_s = 180};
  EXPECT_EQ(progress_text(progress), "12/64 points, dot_product serial 1x2x3 weak, 3 min left");
}

TEST(ProgressText, TellsWhyNothingIsMeasured) {
  EXPECT_EQ(progress_text({.points = 3, .remaining_s = unknown}),
            "0/3 points, checking whether the cores are free, time left unknown");
  EXPECT_EQ(
      progress_text({.points = 3, .pause_s = 8, .remaining_s = unknown}),
      "0/3 points, waiting 8 s: launches fail for reasons outside the driver, time left unknown");
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

}  // namespace
}  // namespace scalelaw::harness
