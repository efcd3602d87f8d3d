#include "drivers/paradigms/task_dealer.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "mpi/world.hpp"

namespace scalelaw::driver {
namespace {

using mpi_test::all_teams;
using mpi_test::world;

/// How often each task was dealt, over all ranks and threads; at the root.
std::vector<int> deal_all(TaskDealer& dealer, Team& team, std::int64_t tasks) {
  std::vector<std::atomic<unsigned char>> mine(static_cast<std::size_t>(tasks));
  dealer.begin();
  world().barrier();
  team.run([&](int thread) {
    for (Range chunk; !(chunk = dealer.next(thread)).empty();) {
      for (std::int64_t task = chunk.begin; task < chunk.end; ++task) {
        ++mine[static_cast<std::size_t>(task)];
        if (dealer.needs_attention(thread)) dealer.attend();
      }
    }
  });
  Bytes counts;
  for (const auto& count : mine) counts.push_back(static_cast<std::byte>(count.load()));
  std::vector<int> all(static_cast<std::size_t>(tasks), 0);
  for (const Bytes& one : world().gather(counts)) {
    for (std::size_t i = 0; i < one.size(); ++i) all[i] += static_cast<int>(one[i]);
  }
  return all;
}

TEST(TaskDealer, DealsEachTaskToOneWorkerOfAllRanks) {
  for (const auto& team : all_teams()) {
    for (const std::int64_t tasks : {1, 100}) {
      for (const std::int64_t chunk : {0, 1, 7}) {
        TaskDealer dealer(tasks, chunk, team->size(), world());
        for (int pass = 0; pass < 2; ++pass) {
          const std::vector<int> dealt = deal_all(dealer, *team, tasks);
          if (!world().is_root()) continue;
          EXPECT_EQ(dealt, std::vector<int>(static_cast<std::size_t>(tasks), 1))
              << tasks << " tasks in chunks of " << chunk;
        }
      }
    }
  }
}

}  // namespace
}  // namespace scalelaw::driver
