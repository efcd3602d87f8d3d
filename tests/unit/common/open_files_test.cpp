#include "common/open_files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

namespace scalelaw {
namespace {

TEST(OpenFiles, AreThoseOfThisProcess) {
  const int one = dup(STDERR_FILENO);
  ASSERT_GE(one, 0);
  EXPECT_EQ(std::ranges::count(open_files(), one), 1);
  close(one);
  EXPECT_EQ(std::ranges::count(open_files(), STDERR_FILENO), 1);
}

}  // namespace
}  // namespace scalelaw
