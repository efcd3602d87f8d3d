#include "drivers/record/batch.hpp"

#include <gtest/gtest.h>

namespace scalelaw::driver {
namespace {

constexpr double step_s = 0x1p-26;  // 15 ns

TEST(Batch, StaysAsAskedFor) {
  Batch batch(3, step_s);
  EXPECT_FALSE(batch.is_automatic());
  batch.choose(1e-9);
  EXPECT_FALSE(batch.raise_after(1e-9));
  EXPECT_EQ(batch.passes(), 3);
}

TEST(Batch, IsChosenForTenThousandStepsOfTheClock) {
  Batch batch(0, step_s);
  EXPECT_TRUE(batch.is_automatic());
  batch.choose(0x1p-20);
  EXPECT_EQ(batch.passes(), 157);
  batch.choose(1);
  EXPECT_EQ(batch.passes(), 1);
  batch.choose(0);  // shorter than the clock can see
  EXPECT_EQ(batch.passes(), 10'000);
}

TEST(Batch, IsRaisedByASampleThatIsTooShort) {
  Batch batch(0, step_s);
  batch.choose(4e-3);  // every warm-up waited for a core
  EXPECT_EQ(batch.passes(), 1);
  EXPECT_FALSE(batch.raise_after(20e-6));  // just long enough
  EXPECT_TRUE(batch.raise_after(0x1p-20));
  EXPECT_EQ(batch.passes(), 157);
  EXPECT_FALSE(batch.raise_after(0x1p-20));
}

TEST(Batch, IsRaisedAtLeastTwofoldAndTenTimesAtMost) {
  Batch batch(0, step_s);
  batch.choose(0);
  int raised = 0;
  while (batch.raise_after(0)) ++raised;
  EXPECT_EQ(raised, 10);
  EXPECT_EQ(batch.passes(), 10'000 << 10);
}

}  // namespace
}  // namespace scalelaw::driver
