#include "drivers/paradigms/tile_solver.hpp"

#include <gtest/gtest.h>

#include "drivers/paradigms/table_manager.hpp"

namespace scalelaw::driver {
namespace {

TEST(TileGraph, NeedsTheTilesAboveAndToTheLeft) {
  EXPECT_EQ(tile_graph(2, 3).needs,
            (std::vector<std::vector<std::int64_t>>{{}, {0}, {1}, {0}, {1, 3}, {2, 4}}));
  EXPECT_EQ(tile_graph(1, 1).size(), 1);
}

TEST(TableManager, SolvesAloneInGroupsOfAnySize) {
  SerialTeam team;
  const auto alone = make_self_comm();
  const auto sequences = paradigms::random_sequences({.length = 200});
  for (const std::int64_t tile : {3, 50, 64, 500}) {
    for (const std::int64_t tiles_of_group : {1, 2, 100}) {
      TileSolver solver(tile, team, *alone);
      TableManager manager(
          sequences, {.length = 200, .edge = std::min<std::int64_t>(200, tile * tiles_of_group)},
          solver, *alone);
      for (int pass = 0; pass < 2; ++pass) {
        solver.begin_pass();
        manager.run();
        EXPECT_EQ(fault_of(sequences, manager.edges()), "") << tile << " x " << tiles_of_group;
        const std::int64_t tiles = (200 + tile - 1) / tile;
        EXPECT_EQ(solver.tiles(), tiles * tiles);
      }
    }
  }
}

}  // namespace
}  // namespace scalelaw::driver
