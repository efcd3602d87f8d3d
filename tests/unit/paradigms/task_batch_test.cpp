#include "paradigms/task_batch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "common/error.hpp"
#include "kernels/numerics/buffer.hpp"
#include "kernels/numerics/chain.hpp"

namespace scalelaw::paradigms {
namespace {

constexpr Spread every_spread[] = {Spread::equal, Spread::linear, Spread::one_heavy,
                                   Spread::power_law};

std::vector<std::int64_t> weights_of(const TaskBatch& params) {
  const TaskWeights weights(params);
  std::vector<std::int64_t> out;
  for (std::int64_t task = 0; task < params.tasks; ++task) out.push_back(weights[task]);
  return out;
}

TEST(TaskWeights, AddUpToTasksTimesTheMeanWhateverTheirSpread) {
  for (const Spread spread : every_spread) {
    for (const std::int64_t tasks : {1, 2, 3, 7, 1000}) {
      for (const std::int64_t steps : {0, 1, 17, 100'000}) {
        const auto weights =
            weights_of({.tasks = tasks, .weights = spread, .steps = steps, .seed = 5});
        EXPECT_EQ(std::accumulate(weights.begin(), weights.end(), std::int64_t{0}), tasks * steps)
            << to_string(spread) << " " << tasks << " " << steps;
        EXPECT_GE(*std::min_element(weights.begin(), weights.end()), 0);
      }
    }
  }
}

TEST(TaskWeights, AreAsTheirNamesSay) {
  EXPECT_EQ(weights_of({.tasks = 4, .weights = Spread::equal, .steps = 10}),
            (std::vector<std::int64_t>{10, 10, 10, 10}));
  EXPECT_EQ(weights_of({.tasks = 4, .weights = Spread::linear, .steps = 16}),
            (std::vector<std::int64_t>{4, 12, 20, 28}));
  auto one_heavy = weights_of({.tasks = 5, .weights = Spread::one_heavy, .steps = 8});
  std::sort(one_heavy.begin(), one_heavy.end());
  EXPECT_EQ(one_heavy, (std::vector<std::int64_t>{5, 5, 5, 5, 20}));
}

TEST(TaskWeights, OfOneHeavyTaskDependOnTheSeedInWhereItIs) {
  std::set<std::int64_t> places;
  for (std::int64_t seed = 1; seed <= 20; ++seed) {
    const auto weights =
        weights_of({.tasks = 100, .weights = Spread::one_heavy, .steps = 99, .seed = seed});
    const auto heavy = std::max_element(weights.begin(), weights.end());
    EXPECT_EQ(*heavy, 4950);
    places.insert(heavy - weights.begin());
  }
  EXPECT_GT(places.size(), 10U);
}

TEST(TaskWeights, OfAPowerLawHalveInNumberWhereTheyDouble) {
  const auto weights =
      weights_of({.tasks = 100'000, .weights = Spread::power_law, .steps = 1'000'000});
  const auto heavier = [&](std::int64_t than) {
    return static_cast<double>(
        std::count_if(weights.begin(), weights.end(), [&](std::int64_t w) { return w > than; }));
  };
  for (std::int64_t x = 200'000; x < 20'000'000; x *= 2) {
    EXPECT_NEAR(heavier(x) / heavier(2 * x), 2, 0.35) << x;
  }
  // The heaviest of so many weighs thousands of times as much as half of them do.
  EXPECT_GT(*std::max_element(weights.begin(), weights.end()), 1'000'000'000);
}

TEST(TaskWeights, AreMicrosecondsAndBytesForOtherKinds) {
  EXPECT_EQ(weights_of({.tasks = 2, .kind = TaskKind::wait, .latency_us = 7}),
            (std::vector<std::int64_t>{7, 7}));
  EXPECT_EQ(weights_of({.tasks = 2, .kind = TaskKind::memory, .bytes = 9}),
            (std::vector<std::int64_t>{9, 9}));
}

TEST(TaskValues, OfCpuTasksAreTheEndsOfChains) {
  const TaskValues values({.seed = 3});
  for (const std::int64_t task : {0, 1, 99}) {
    EXPECT_EQ(values.expected(task, 1000), Chain::walk(values.start(task), 1000));
  }
}

TEST(TaskValues, OfTasksThatReadAreTheSumsOfTheirWords) {
  for (const TaskKind kind : {TaskKind::memory, TaskKind::disk, TaskKind::network}) {
    // A working set of 24 KiB, which some tasks read more than once.
    const TaskValues values({.kind = kind, .working_set = 20'000, .seed = 8});
    ASSERT_EQ(values.working_set_words(), 3072);
    for (const std::int64_t weight : {0, 1, 8, 9, 8192, 10'000, 24'576, 100'000}) {
      for (std::int64_t task = 0; task < 20; ++task) {
        const Window window = values.window(task, weight);
        EXPECT_GE(window.words * 8, weight);
        std::uint64_t sum = 0;
        for (std::int64_t i = 0; i < window.words; ++i) {
          sum += values.word((window.first + i) % 3072);
        }
        EXPECT_EQ(values.expected(task, weight), sum) << to_string(kind) << " " << weight;
      }
    }
  }
}

TEST(TaskValues, AreReadFromTheWorkingSet) {
  const TaskBatch params{.kind = TaskKind::memory, .working_set = 40'960};
  const TaskValues values(params);
  const std::int64_t all = values.working_set_words();
  const Buffer words(all * 8);
  fill_working_set(values, 0, 1024, words.as<std::uint64_t>());
  fill_working_set(values, 1024, all - 1024, words.as<std::uint64_t>() + 1024);
  std::set<std::int64_t> places;
  for (std::int64_t task = 0; task < 30; ++task) {
    const Window window = values.window(task, 20'000);
    places.insert(window.first);
    EXPECT_EQ(sum_of_window(words.as<std::uint64_t>(), all, window), values.expected(task, 20'000));
  }
  EXPECT_EQ(places.size(), 5U) << "tasks read all over the working set";
}

/// All tasks done, but for those that `skip` says.
template <class F>
TaskTotals done(const TaskBatch& params, F&& skip) {
  const TaskWeights weights(params);
  const TaskValues values(params);
  TaskTotals even, odd;
  for (std::int64_t task = 0; task < params.tasks; ++task) {
    if (skip(task)) continue;
    (task % 2 == 0 ? even : odd).add(weights[task], values.expected(task, weights[task]));
  }
  even.merge(odd);
  return even;
}

TEST(TaskTotals, AreTheSameHoweverTasksAreDealt) {
  for (const Spread spread : every_spread) {
    const TaskBatch params{.tasks = 101, .weights = spread, .steps = 50};
    const TaskTotals totals = done(params, [](std::int64_t) { return false; });
    EXPECT_EQ(fault_of(params, totals), "");
    EXPECT_EQ(totals.weight, 5050U);
  }
}

TEST(TaskTotals, WithATaskTooFewTooManyOrWrongAreRejected) {
  const TaskBatch params{.tasks = 100, .steps = 50};
  EXPECT_EQ(fault_of(params, done(params, [](std::int64_t task) { return task == 7; })),
            "99 tasks were done, not 100");
  TaskTotals twice = done(params, [](std::int64_t task) { return task == 7; });
  twice.add(50, TaskValues(params).expected(8, 50));
  EXPECT_NE(fault_of(params, twice).find("values add up to"), std::string::npos);
  TaskTotals lighter = done(params, [](std::int64_t task) { return task == 7; });
  lighter.add(49, TaskValues(params).expected(7, 49));
  EXPECT_NE(fault_of(params, lighter).find("the tasks weigh 4999"), std::string::npos);
  TaskBatch other = params;
  other.seed = 2;
  EXPECT_NE(fault_of(other, done(params, [](std::int64_t) { return false; })), "");
}

TEST(TaskBatch, RefusesWhatHasNoEffectOrIsTooMuch) {
  EXPECT_NO_THROW(TaskBatch::check({}));
  EXPECT_NO_THROW(TaskBatch::check({.remote_speed = 1.5, .ranks_per_host = 1}));
  EXPECT_NO_THROW(TaskBatch::check({.handshake_ms = 600, .ranks_per_host = 2}));
  EXPECT_THROW(TaskBatch::check({.remote_speed = 0.5}), Error);
  EXPECT_THROW(TaskBatch::check({.remote_speed = std::numeric_limits<double>::quiet_NaN()}), Error);
  EXPECT_THROW(TaskBatch::check({.ranks_per_host = 1}), Error);
  EXPECT_THROW(TaskBatch::check({.kind = TaskKind::network, .remote_speed = 2}), Error);
  EXPECT_THROW(TaskBatch::check({.tasks = 1'000'000'000'000, .steps = 1'000'000'000}), Error);
}

TEST(TaskBatch, HasWorkThatGrowsWithItsTasksAndTheirWeight) {
  EXPECT_EQ(TaskBatch::work({.tasks = 10, .steps = 7}).operations, 70);
  EXPECT_EQ(TaskBatch::work({.tasks = 10, .steps = 0}).operations, 10);
  EXPECT_EQ(TaskBatch::work({.tasks = 10, .kind = TaskKind::wait, .latency_us = 3}).operations, 30);
  const Work memory =
      TaskBatch::work({.tasks = 10, .kind = TaskKind::memory, .working_set = 10'000});
  EXPECT_EQ(memory.resident_bytes, 16'384);
  EXPECT_EQ(memory.compulsory_bytes, 16'384);
}

}  // namespace
}  // namespace scalelaw::paradigms
