#include "drivers/paradigms/table_manager.hpp"

#include <algorithm>

namespace scalelaw::driver {
namespace {

/// Groups that a worker has at most: one to solve, and one that waits, so that it need not.
constexpr std::size_t most_groups = 2;

template <class T>
std::span<T> part(std::vector<T>& cells, Range range) {
  return std::span(cells).subspan(static_cast<std::size_t>(range.begin),
                                  static_cast<std::size_t>(range.size()));
}
template <class T>
std::span<const T> part(const std::vector<T>& cells, Range range) {
  return std::span(cells).subspan(static_cast<std::size_t>(range.begin),
                                  static_cast<std::size_t>(range.size()));
}

}  // namespace

TableManager::TableManager(const paradigms::Sequences& sequences, const GroupGrid& grid,
                           TileSolver& solver, Comm& comm)
    : sequences_(sequences),
      grid_(grid),
      solver_(solver),
      comm_(comm),
      workers_(static_cast<std::size_t>(comm.size() - 1)) {
  for (std::size_t i = 0; i < workers_.size(); ++i) workers_[i].rank = static_cast<int>(i) + 1;
}

void TableManager::run() {
  reset();
  while (unsolved_ > 0) {
    if (take_results()) continue;
    hand_out();
    if (!ready_.empty()) solve_one();
  }
  dismiss_workers();
}

void TableManager::reset() {
  const std::int64_t groups = grid_.groups();
  edges_.row.assign(static_cast<std::size_t>(grid_.length), 0);
  edges_.column.assign(static_cast<std::size_t>(grid_.length), 0);
  corners_.assign(static_cast<std::size_t>(groups), 0);
  missing_.assign(static_cast<std::size_t>(groups * groups), 2);
  for (std::int64_t i = 0; i < groups; ++i) {
    --missing({0, i});
    --missing({i, 0});
  }
  unsolved_ = groups * groups;
  ready_.assign(1, {0, 0});
}

std::int64_t& TableManager::missing(const Group& group) {
  return missing_[static_cast<std::size_t>(group.row * grid_.groups() + group.column)];
}

void TableManager::finish(const Group& group) {
  --unsolved_;
  for (const Group next :
       {Group{group.row + 1, group.column}, Group{group.row, group.column + 1}}) {
    if (next.row == grid_.groups() || next.column == grid_.groups()) continue;
    if (--missing(next) == 0) ready_.push_back(next);
  }
}

/// Stores what workers have solved.  Returns whether there was anything.
bool TableManager::take_results() {
  bool any = false;
  for (Worker& worker : workers_) {
    while (!worker.groups.empty() && worker.groups.front().received->test()) {
      Sent& solved = worker.groups.front();
      const Group group{solved.back.row(), solved.back.column()};
      const Range rows = grid_.range(group.row), columns = grid_.range(group.column);
      std::ranges::copy(solved.back.above(columns.size()), part(edges_.row, columns).begin());
      std::ranges::copy(solved.back.left(rows.size()), part(edges_.column, rows).begin());
      corners_[static_cast<std::size_t>(group.row)] = solved.back.corner();
      solved.sent->wait();
      worker.groups.pop_front();
      finish(group);
      any = true;
    }
  }
  return any;
}

/// Gives each idle worker a group, and then each a second one, but for one that the root solves.
void TableManager::hand_out() {
  for (std::size_t have = 0; have < most_groups; ++have) {
    for (Worker& worker : workers_) {
      if (ready_.size() <= have) return;
      if (worker.groups.size() != have) continue;
      send(ready_.front(), worker);
      ready_.pop_front();
    }
  }
}

void TableManager::send(const Group& group, Worker& worker) {
  const Range rows = grid_.range(group.row), columns = grid_.range(group.column);
  Sent& sent = worker.groups.emplace_back(grid_);
  sent.there.row() = static_cast<std::int32_t>(group.row);
  sent.there.column() = static_cast<std::int32_t>(group.column);
  sent.there.corner() = corners_[static_cast<std::size_t>(group.row)];
  std::ranges::copy(part(edges_.row, columns), sent.there.above(columns.size()).begin());
  std::ranges::copy(part(edges_.column, rows), sent.there.left(rows.size()).begin());
  sent.received = comm_.receive(sent.back.pieces(), worker.rank);
  sent.sent = comm_.send(sent.there.pieces(), worker.rank);
}

void TableManager::solve_one() {
  const Group group = ready_.front();
  ready_.pop_front();
  const Range rows = grid_.range(group.row), columns = grid_.range(group.column);
  solver_.solve({.rows = part(sequences_.rows, rows),
                 .columns = part(sequences_.columns, columns),
                 .above = part(edges_.row, columns),
                 .left = part(edges_.column, rows),
                 .corner = corners_[static_cast<std::size_t>(group.row)]});
  finish(group);
}

/// A worker waits for as many messages as it may have groups.
void TableManager::dismiss_workers() {
  GroupMessage nothing(grid_);
  nothing.row() = -1;
  std::vector<std::unique_ptr<Transfer>> leaving;
  for (const Worker& worker : workers_) {
    for (std::size_t i = 0; i < most_groups; ++i) {
      leaving.push_back(comm_.send(nothing.pieces(), worker.rank));
    }
  }
  for (const auto& transfer : leaving) transfer->wait();
}

void work_for_manager(const paradigms::Sequences& sequences, const GroupGrid& grid,
                      TileSolver& solver, Comm& comm) {
  struct Slot {
    explicit Slot(const GroupGrid& of) : group(of) {}
    GroupMessage group;
    std::unique_ptr<Transfer> received;
  };
  std::vector<Slot> slots;
  for (std::size_t i = 0; i < most_groups; ++i) slots.emplace_back(grid);
  for (Slot& slot : slots) slot.received = comm.receive(slot.group.pieces(), 0);
  std::size_t open = slots.size();
  for (std::size_t i = 0; open > 0; i = (i + 1) % slots.size()) {
    Slot& slot = slots[i];
    if (!slot.received) continue;
    slot.received->wait();
    slot.received.reset();
    GroupMessage& group = slot.group;
    if (group.row() < 0) {
      --open;
      continue;
    }
    const Range rows = grid.range(group.row()), columns = grid.range(group.column());
    solver.solve({.rows = part(sequences.rows, rows),
                  .columns = part(sequences.columns, columns),
                  .above = group.above(columns.size()),
                  .left = group.left(rows.size()),
                  .corner = group.corner()});
    comm.send(group.pieces(), 0)->wait();
    slot.received = comm.receive(group.pieces(), 0);
  }
}

}  // namespace scalelaw::driver
