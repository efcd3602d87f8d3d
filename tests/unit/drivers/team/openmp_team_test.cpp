#include <gtest/gtest.h>
#include <omp.h>

#include <atomic>
#include <set>

#include "drivers/team/team.hpp"
#include "support/message.hpp"

namespace scalelaw::driver {
namespace {

TEST(OpenmpTeam, CallsEveryThreadOnce) {
  const auto team = make_openmp_team(3);
  std::array<std::atomic<int>, 3> calls{};
  team->run([&](int thread) { ++calls.at(static_cast<std::size_t>(thread)); });
  for (const auto& count : calls) EXPECT_EQ(count, 1);
}

TEST(OpenmpTeam, ThatShrinksIsAnErrorAndComputesNothing) {
  const auto team = make_openmp_team(2);
  const int levels = omp_get_max_active_levels();
  omp_set_max_active_levels(0);  // every later team has one thread
  int calls = 0;
  EXPECT_THROW(team->run([&](int) { ++calls; }), Error);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(default_openmp_threads(), 1);
  try {
    make_openmp_team(2);
    FAIL() << "a team of one passed for two";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "OpenMP started 1 thread, not the 2 requested");
    EXPECT_NE(error.hint().find("--threads 1"), std::string::npos);
  }
  omp_set_max_active_levels(levels);
  EXPECT_NO_THROW(team->run([&](int) {}));
}

TEST(OpenmpTeam, IsNotDynamic) {
  omp_set_dynamic(1);
  const auto team = make_openmp_team(2);
  EXPECT_EQ(omp_get_dynamic(), 0);
}

}  // namespace
}  // namespace scalelaw::driver
