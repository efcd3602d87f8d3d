#include "harness/process/deadline.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(Deadline, IsExactWithinTheClocksRange) {
  EXPECT_EQ(to_duration(0.25), std::chrono::milliseconds(250));
  EXPECT_EQ(to_duration(300), std::chrono::minutes(5));
  EXPECT_EQ(to_duration(1e9), std::chrono::seconds(1'000'000'000));
}

TEST(Deadline, IsFarAwayBeyondTheClocksRange) {
  for (const double s : {1e10, 1e18, 1e300, infinity}) {
    EXPECT_GT(to_duration(s), std::chrono::hours(24 * 365 * 100)) << s;
    EXPECT_GT(deadline_after(Clock::now(), s), Clock::now() + std::chrono::hours(24 * 365 * 100));
    EXPECT_GT(deadline_after(Clock::time_point::max() - std::chrono::seconds(1), s), Clock::now());
  }
}

TEST(Deadline, IsNowForWhatIsNoTime) {
  for (const double s : {0.0, -1.0, -infinity, std::nan("")}) {
    EXPECT_EQ(to_duration(s), Clock::duration::zero()) << s;
  }
}

TEST(Deadline, OfAnEndlessCommandDoesNotEndIt) {
  for (const double s : {0.0, 1e10, 1e18, infinity}) {
    const Outcome outcome = run_process({{"echo", "lived"}, {}, {}}, s);
    EXPECT_FALSE(outcome.timed_out) << s;
    EXPECT_EQ(outcome.log, "lived\n") << s;
  }
}

}  // namespace
}  // namespace scalelaw::harness
