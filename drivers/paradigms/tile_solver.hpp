#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "drivers/comm/comm.hpp"
#include "drivers/team/team.hpp"
#include "paradigms/task_graph.hpp"

namespace scalelaw::driver {

/// The graph of rows x columns tiles, numbered row by row: each needs the one above it and the one
/// to its left.
TaskGraph tile_graph(std::int64_t rows, std::int64_t columns);

/// Solves parts of the table by the threads of this process, a task for each tile.
class TileSolver {
 public:
  TileSolver(std::int64_t tile, Team& team, const Comm& comm);

  void begin_pass();
  void solve(const paradigms::TablePart& part);

  /// Since begin_pass(): seconds in tiles per thread, seconds in solve(), and tiles.
  [[nodiscard]] std::vector<double> busy_s() const;
  [[nodiscard]] double solving_s() const { return solving_s_; }
  [[nodiscard]] std::int64_t tiles() const { return tiles_; }

 private:
  /// Aligned so that no two share a cache line.
  struct alignas(128) Busy {
    double seconds = 0;
  };

  const TaskGraph& graph_of(std::int64_t rows, std::int64_t columns);

  std::int64_t tile_;
  Team& team_;
  const Comm& comm_;
  std::map<std::pair<std::int64_t, std::int64_t>, TaskGraph> graphs_;
  std::vector<std::int32_t> corners_;  ///< per row of tiles of the part
  std::vector<Busy> busy_;
  double solving_s_ = 0;
  std::int64_t tiles_ = 0;
};

}  // namespace scalelaw::driver
