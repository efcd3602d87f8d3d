#include <gtest/gtest.h>
#include <omp.h>

#include <atomic>
#include <random>
#include <set>
#include <thread>

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

TEST(OpenmpTeam, OfOneThreadMakesNoTeam) {
  for (const int threads : {1, 2}) {
    const auto team = make_openmp_team(threads);
    std::atomic<int> level{-1};
    team->run([&](int thread) {
      if (thread == 0) level = omp_get_level();
    });
    EXPECT_EQ(level, threads - 1);  // of nested teams
  }
}

TEST(OpenmpTeam, OfOneThreadEndsBothHalvesBeforeItFails) {
  const auto team = make_openmp_team(1);
  int calls = 0;
  team->run_recursion([&](int) {
    EXPECT_THROW(team->both([](int) { throw Error("no", ""); }, [&](int) { ++calls; }), Error);
  });
  EXPECT_EQ(calls, 1);
}

TEST(OpenmpTeam, IsNotDynamic) {
  omp_set_dynamic(1);
  const auto team = make_openmp_team(2);
  EXPECT_EQ(omp_get_dynamic(), 0);
}

/// Runs a random graph; whether each task ran once, after those that it needs.
void expect_graph_runs(Team& team, std::int64_t tasks) {
  std::mt19937_64 random(static_cast<std::uint64_t>(tasks));
  TaskGraph graph;
  for (std::int64_t task = 0; task < tasks; ++task) {
    auto& needs = graph.needs.emplace_back();
    for (int i = 0; task > 0 && i < 3; ++i) {
      needs.push_back(std::uniform_int_distribution<std::int64_t>(0, task - 1)(random));
    }
  }
  std::vector<std::atomic<int>> ended(static_cast<std::size_t>(tasks));
  std::atomic<int> early{0};
  std::atomic<int> strangers{0};
  team.run_graph(graph, [&](std::int64_t task, int thread) {
    for (const std::int64_t need : graph.needs[static_cast<std::size_t>(task)]) {
      if (ended[static_cast<std::size_t>(need)] != 1) ++early;
    }
    if (thread < 0 || thread >= team.size()) ++strangers;
    if (task % 3 == 0) std::this_thread::yield();
    ++ended[static_cast<std::size_t>(task)];
  });
  for (const auto& count : ended) EXPECT_EQ(count, 1);
  EXPECT_EQ(early, 0);
  EXPECT_EQ(strangers, 0);
}

TEST(Team, RunsEachTaskOfAGraphOnceAndAfterThoseItNeeds) {
  SerialTeam alone;
  for (const std::int64_t tasks : {0, 1, 2, 300}) {
    expect_graph_runs(alone, tasks);
    for (const int threads : {1, 2, 4}) expect_graph_runs(*make_openmp_team(threads), tasks);
  }
}

TEST(OpenmpTeam, RunsTasksOfAGraphAtOnce) {
  // Each of two tasks waits for the other to begin, which a single thread could not do.
  const auto team = make_openmp_team(2);
  std::atomic<int> begun{0};
  team->run_graph(TaskGraph{.needs = {{}, {}}}, [&](std::int64_t, int) {
    ++begun;
    while (begun < 2) std::this_thread::yield();
  });
  EXPECT_EQ(begun, 2);
}

TEST(Team, StopsAGraphAtAnException) {
  SerialTeam alone;
  const auto two = make_openmp_team(2);
  const TaskGraph chain{.needs = {{}, {0}, {1}, {2}}};
  for (Team* team : {static_cast<Team*>(&alone), two.get()}) {
    std::atomic<int> calls{0};
    EXPECT_THROW(team->run_graph(chain,
                                 [&](std::int64_t task, int) {
                                   ++calls;
                                   if (task == 1) throw Error("no", "");
                                 }),
                 Error);
    EXPECT_EQ(calls, 2);
  }
}

/// The sum of 1 to n, by halving.
std::int64_t sum_by(Team& team, std::int64_t begin, std::int64_t end) {
  if (end - begin == 1) return begin;
  std::int64_t left = 0, right = 0;
  const std::int64_t middle = begin + (end - begin) / 2;
  team.both([&](int) { left = sum_by(team, begin, middle); },
            [&](int) { right = sum_by(team, middle, end); });
  return left + right;
}

TEST(Team, RecursesToAnyDepth) {
  SerialTeam alone;
  const auto four = make_openmp_team(4);
  for (Team* team : {static_cast<Team*>(&alone), four.get()}) {
    std::int64_t sum = 0;
    team->run_recursion([&](int thread) {
      EXPECT_EQ(thread, 0);
      sum = sum_by(*team, 1, 1001);
    });
    EXPECT_EQ(sum, 500'500);
  }
}

TEST(Team, RethrowsWhatEitherHalfThrows) {
  SerialTeam alone;
  const auto two = make_openmp_team(2);
  for (Team* team : {static_cast<Team*>(&alone), two.get()}) {
    for (const bool in_left : {false, true}) {
      const auto thrower = [](int) { throw Error("half", ""); };
      const auto nothing = [](int) {};
      EXPECT_THROW(team->run_recursion([&](int) {
        if (in_left) {
          team->both(thrower, nothing);
        } else {
          team->both(nothing, thrower);
        }
      }),
                   Error);
    }
  }
}

}  // namespace
}  // namespace scalelaw::driver
