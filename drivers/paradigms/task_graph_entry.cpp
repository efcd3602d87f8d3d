#include "drivers/paradigms/task_graph_entry.hpp"

#include <algorithm>
#include <optional>

#include "drivers/paradigms/entry.hpp"
#include "drivers/paradigms/table_manager.hpp"
#include "drivers/paradigms/tile_solver.hpp"
#include "paradigms/task_graph.hpp"

namespace scalelaw::driver {
namespace {

using paradigms::TaskGraphParams;

/// What a rank solves at a time.  A single process solves the whole table, its threads sharing the
/// tiles.  Among ranks a message is for one tile, or, if a rank has threads, for as many as these
/// can work on at once.
GroupGrid grid_of(const TaskGraphParams& params, int threads, int ranks) {
  if (ranks == 1) return {.length = params.length, .edge = params.length};
  const std::int64_t tiles = threads == 1 ? 1 : 2 * std::int64_t{threads};
  return {.length = params.length, .edge = std::min(params.length, tiles * params.tile)};
}

class TaskGraphPass {
 public:
  TaskGraphPass(const TaskGraphParams& params, Team& team, Comm& comm)
      : comm_(comm),
        sequences_(random_sequences(params)),
        grid_(grid_of(params, team.size(), comm.size())),
        solver_(params.tile, team, comm) {
    if (comm.is_root()) manager_.emplace(sequences_, grid_, solver_, comm);
  }

  void connect() {}

  PassTimes operator()(bool diagnostic) {
    solver_.begin_pass();
    comm_.barrier();
    const double start_s = comm_.now_s();
    if (manager_) {
      manager_->run();
    } else {
      work_for_manager(sequences_, grid_, solver_, comm_);
    }
    PassTimes times;
    end_items(times, comm_, start_s, diagnostic);
    const double solving_s = solver_.solving_s();
    times.phases_s = {std::max(0.0, times.computed_s - solving_s), solving_s};
    times.total_s = comm_.now_s() - start_s;
    times.busy_s = solver_.busy_s();
    times.items = solver_.tiles();
    return times;
  }

  [[nodiscard]] std::vector<Fact> facts() const { return facts_of(manager_->edges()); }
  [[nodiscard]] std::string verify() const { return fault_of(sequences_, manager_->edges()); }

  static std::vector<Phase> phases() {
    return {{"messages", Role::transfer}, {"tiles", Role::parallel}};
  }
  static PassNature nature(const TaskGraphParams&) {
    return {.exchange = Exchange::other, .holds = {Part::whole, Part::whole}};
  }
  static Agreement agreement(const TaskGraphParams&) { return Agreement::placements; }
  static std::vector<Error> faults(const TaskGraphParams&) { return {}; }

 private:
  Comm& comm_;
  paradigms::Sequences sequences_;
  GroupGrid grid_;
  TileSolver solver_;
  std::optional<TableManager> manager_;  ///< at the root
};

}  // namespace

KernelEntry task_graph_entry() {
  return paradigm_entry<TaskGraphParams, TaskGraphPass>();
}

}  // namespace scalelaw::driver
