// The course's kernels on several ranks.
#include <gtest/gtest.h>

#include "drivers/paradigms/table_manager.hpp"
#include "mpi/world.hpp"

namespace scalelaw::driver {
namespace {

using mpi_test::all_teams;
using mpi_test::world;

TEST(TableManager, SolvesTheTableWithItsWorkers) {
  const auto sequences = paradigms::random_sequences({.length = 230});
  for (const auto& team : all_teams()) {
    for (const std::int64_t edge : {20, 100}) {
      const GroupGrid grid{.length = 230, .edge = edge};
      TileSolver solver(20, *team, world());
      for (int pass = 0; pass < 2; ++pass) {
        solver.begin_pass();
        world().barrier();
        if (!world().is_root()) {
          work_for_manager(sequences, grid, solver, world());
          continue;
        }
        TableManager manager(sequences, grid, solver, world());
        manager.run();
        EXPECT_EQ(fault_of(sequences, manager.edges()), "") << edge;
      }
    }
  }
}

}  // namespace
}  // namespace scalelaw::driver
