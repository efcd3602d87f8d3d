#include "drivers/pass/times.hpp"

#include <gtest/gtest.h>

#include "support/pretended_comm.hpp"

namespace scalelaw::driver {
namespace {

using Seconds = std::vector<double>;

PassTimes pass(double factor) {
  return {.phases_s = {1 * factor, 2 * factor},
          .wait_s = 3 * factor,
          .computed_s = 4 * factor,
          .total_s = 5 * factor,
          .busy_s = {6 * factor, 7 * factor},
          .items = 100};
}

TEST(PassTimes, AreAddedUpAndDivided) {
  PassTimes sum;
  for (const double factor : {1.0, 2.0, 3.0}) sum += pass(factor);
  sum /= 3;
  EXPECT_EQ(sum.phases_s, (Seconds{2, 4}));
  EXPECT_EQ(sum.wait_s, 6);
  EXPECT_EQ(sum.computed_s, 8);
  EXPECT_EQ(sum.total_s, 10);
  EXPECT_EQ(sum.busy_s, (Seconds{12, 14}));
  EXPECT_EQ(sum.items, 100) << "of a pass, and not of all";
}

TEST(PassTimes, CountWhatIsMissingAsNothing) {
  PassTimes sum = pass(1);
  sum += {.phases_s = {1}, .busy_s = {1, 1, 1}};
  EXPECT_EQ(sum.phases_s, (Seconds{2, 2}));
  EXPECT_EQ(sum.busy_s, (Seconds{7, 8, 1}));
  PassTimes none;
  none += PassTimes{};
  EXPECT_EQ(none.phases_s, Seconds{});
}

TEST(MeasureTimer, FindsTheStepAndTheCostOfAReading) {
  PretendedComm comm(1);
  comm.tick_s = 0x1p-20;
  const Timer timer = measure_timer(comm);
  EXPECT_EQ(timer.resolution_s, 0x1p-20);
  EXPECT_EQ(timer.overhead_s, 0x1p-20);
}

/// A clock that moves at every thousandth reading.
class SlowClock : public PretendedComm {
 public:
  SlowClock() : PretendedComm(1) {}
  [[nodiscard]] double now_s() const override {
    return static_cast<double>(++readings_ / 1000) * 0x1p-7;
  }

 private:
  mutable std::int64_t readings_ = 0;
};

TEST(MeasureTimer, WaitsUntilTheClockHasMoved) {
  const Timer timer = measure_timer(SlowClock());
  EXPECT_EQ(timer.resolution_s, 0x1p-7);
  EXPECT_NEAR(timer.overhead_s, 0x1p-7 / 1000, 0x1p-7 / 2000);
}

TEST(MeasureTimer, ReadsTheTrueClockToo) {
  const Timer timer = measure_timer(*make_self_comm());
  EXPECT_GT(timer.resolution_s, 0);
  EXPECT_GT(timer.overhead_s, 0);
}

}  // namespace
}  // namespace scalelaw::driver
