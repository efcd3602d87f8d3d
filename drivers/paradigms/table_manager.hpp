#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "drivers/comm/comm.hpp"
#include "drivers/paradigms/tile_solver.hpp"
#include "paradigms/task_graph.hpp"

namespace scalelaw::driver {

/// The table cut into groups of tiles: what one rank solves at a time.
struct GroupGrid {
  std::int64_t length = 0;  ///< of the sequences
  std::int64_t edge = 0;    ///< rows and columns of a group

  [[nodiscard]] std::int64_t groups() const { return (length + edge - 1) / edge; }
  [[nodiscard]] Range range(std::int64_t number) const {
    return {number * edge, std::min(length, (number + 1) * edge)};
  }
};

/// A group on its way between the manager and a worker, in a message of one size.
class GroupMessage {
 public:
  explicit GroupMessage(const GroupGrid& grid)
      : edge_(grid.edge), cells_(static_cast<std::size_t>(3 + 2 * grid.edge)) {}

  std::int32_t& row() { return cells_[0]; }  ///< of groups; -1: there is nothing more to do
  std::int32_t& column() { return cells_[1]; }
  std::int32_t& corner() { return cells_[2]; }
  [[nodiscard]] std::span<std::int32_t> above(std::int64_t columns) {
    return {cells_.data() + 3, static_cast<std::size_t>(columns)};
  }
  [[nodiscard]] std::span<std::int32_t> left(std::int64_t rows) {
    return {cells_.data() + 3 + edge_, static_cast<std::size_t>(rows)};
  }
  [[nodiscard]] std::vector<Piece> pieces() { return {std::as_writable_bytes(std::span(cells_))}; }

 private:
  std::int64_t edge_;
  std::vector<std::int32_t> cells_;
};

/// The root's side: it knows which groups are ready, sends them to the workers, and solves groups
/// itself while these have enough to do.
class TableManager {
 public:
  TableManager(const paradigms::Sequences& sequences, const GroupGrid& grid, TileSolver& solver,
               Comm& comm);

  /// Solves the whole table.
  void run();

  [[nodiscard]] const paradigms::TableEdges& edges() const { return edges_; }

 private:
  struct Group {
    std::int64_t row = 0;
    std::int64_t column = 0;
  };
  /// A group that a worker has.
  struct Sent {
    explicit Sent(const GroupGrid& grid) : there(grid), back(grid) {}
    GroupMessage there, back;
    std::unique_ptr<Transfer> sent, received;
  };
  struct Worker {
    int rank = 0;
    std::deque<Sent> groups;  ///< the oldest first
  };

  void reset();
  bool take_results();
  void hand_out();
  void send(const Group& group, Worker& worker);
  void solve_one();
  void finish(const Group& group);
  void dismiss_workers();
  std::int64_t& missing(const Group& group);

  const paradigms::Sequences& sequences_;
  GroupGrid grid_;
  TileSolver& solver_;
  Comm& comm_;
  paradigms::TableEdges edges_;
  std::vector<std::int32_t> corners_;  ///< per row of groups
  std::vector<std::int64_t> missing_;  ///< per group: how many that it needs are not solved
  std::deque<Group> ready_;
  std::int64_t unsolved_ = 0;
  std::vector<Worker> workers_;
};

/// Another rank's side: solves the groups that it is sent, until there are no more.
void work_for_manager(const paradigms::Sequences& sequences, const GroupGrid& grid,
                      TileSolver& solver, Comm& comm);

}  // namespace scalelaw::driver
