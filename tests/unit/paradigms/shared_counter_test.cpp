#include "paradigms/shared_counter.hpp"

#include <gtest/gtest.h>

namespace scalelaw::paradigms {
namespace {

TEST(SharedCounter, StatesWhatWasLost) {
  const auto facts = facts_of({.increments = 10}, 7);
  ASSERT_EQ(facts.size(), 2U);
  EXPECT_EQ(facts[0].name + facts[0].value, "count7");
  EXPECT_EQ(facts[1].name + facts[1].value, "lost3");
}

TEST(SharedCounter, MayLoseIncrementsInARaceAlone) {
  for (const Update update : {Update::lock, Update::atomic, Update::reduction}) {
    const SharedCounter params{.increments = 100, .update = update};
    EXPECT_EQ(fault_of(params, 100, 2), "");
    EXPECT_EQ(fault_of(params, 99, 2), "the counter is 99 after 100 increments");
    EXPECT_NE(fault_of(params, 101, 2), "");
  }
  const SharedCounter race{.increments = 100, .update = Update::race};
  EXPECT_EQ(fault_of(race, 99, 2), "");
  EXPECT_EQ(fault_of(race, 1, 2), "");
  EXPECT_EQ(fault_of(race, 100, 2), "");
}

TEST(SharedCounter, OfARaceIsHeldToWhatIsPossible) {
  const SharedCounter race{.increments = 100, .update = Update::race};
  EXPECT_NE(fault_of(race, 101, 2), "");
  EXPECT_NE(fault_of(race, 0, 2), "");
  EXPECT_EQ(fault_of(race, 99, 1), "the counter is 99 after 100 increments")
      << "a thread alone loses none";
}

TEST(SharedCounter, HasWorkThatCountsTheStepsBetween) {
  EXPECT_EQ(SharedCounter::work({.increments = 50}).operations, 50);
  EXPECT_EQ(SharedCounter::work({.increments = 50, .steps = 3}).operations, 200);
}

}  // namespace
}  // namespace scalelaw::paradigms
