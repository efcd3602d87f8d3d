#include "common/nearest.hpp"

#include <gtest/gtest.h>

namespace scalelaw {
namespace {

TEST(Nearest, FindsWhatWasMeant) {
  EXPECT_EQ(nearest("rnaks", {"threads", "ranks", "name"}), "ranks");
  EXPECT_EQ(nearest("thread", {"threads", "ranks"}), "threads");
  EXPECT_EQ(nearest("openpm", {"openmp", "mpi"}), "openmp");
  EXPECT_EQ(nearest("zzzzzz", {"openmp", "mpi"}), "");
}

}  // namespace
}  // namespace scalelaw
