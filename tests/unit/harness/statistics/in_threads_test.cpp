#include "harness/statistics/in_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace scalelaw::harness {
namespace {

TEST(InThreads, CallsEachTaskOnce) {
  for (const std::size_t count : {0U, 1U, 2U, 1000U}) {
    std::vector<int> calls(count);
    in_threads(count, [&](std::size_t i) { ++calls[i]; });
    EXPECT_EQ(calls, std::vector<int>(count, 1));
  }
}

TEST(InThreads, ThrowsWhatTheFirstTaskThrewWhenAllHaveEnded) {
  std::atomic<int> ended = 0;
  try {
    in_threads(100, [&](std::size_t i) {
      if (i % 10 == 7) throw std::runtime_error(std::to_string(i));
      ++ended;
    });
    ADD_FAILURE() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "7");
  }
  EXPECT_EQ(ended, 90);
}

}  // namespace
}  // namespace scalelaw::harness
