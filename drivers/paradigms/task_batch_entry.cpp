#include "drivers/paradigms/task_batch_entry.hpp"

#include <cstring>
#include <optional>
#include <type_traits>

#include "drivers/comm/json_exchange.hpp"
#include "drivers/paradigms/entry.hpp"
#include "drivers/paradigms/hosts.hpp"
#include "drivers/paradigms/task_dealer.hpp"
#include "drivers/paradigms/task_performers.hpp"
#include "drivers/paradigms/uncached_file.hpp"
#include "drivers/paradigms/word_server.hpp"

namespace scalelaw::driver {
namespace {

using paradigms::TaskBatch;
using paradigms::TaskKind;
using paradigms::TaskTotals;

/// A pass over all tasks of a batch.
class TaskBatchPass {
 public:
  TaskBatchPass(const TaskBatch& params, Team& team, Comm& comm)
      : params_(params),
        team_(team),
        comm_(comm),
        weights_(params),
        dealer_(params.tasks, params.chunk, team.size(), comm),
        workers_(static_cast<std::size_t>(team.size())) {}

  void connect() {
    const HostPlace place = host_place(comm_, params_.ranks_per_host);
    if (!place.first) handshake_s_ = static_cast<double>(params_.handshake_ms) * 1e-3;
    const double slowness = place.first ? params_.remote_speed : 1;
    const ServerPlace server = start_server(place.only);
    together(comm_, [&] { perform_ = performer(slowness, server); });
  }

  PassTimes operator()(bool diagnostic) {
    for (Worker& worker : workers_) worker = {};
    dealer_.begin();
    comm_.barrier();
    const double start_s = comm_.now_s();
    if (handshake_s_ > 0) wait_until(comm_, start_s + handshake_s_);
    const double open_s = comm_.now_s();
    team_.run([this](int thread) { work(thread); });
    PassTimes times;
    end_items(times, comm_, start_s, diagnostic);
    const double done_s = start_s + times.computed_s;
    const double joined_s = comm_.now_s();
    combine(times);
    const double end_s = comm_.now_s();
    const double dealt_s = workers_.front().dealt_s;
    times.phases_s = {open_s - start_s, dealt_s, done_s - open_s - dealt_s, end_s - joined_s};
    times.total_s = end_s - start_s;
    return times;
  }

  [[nodiscard]] std::vector<Fact> facts() const { return facts_of(totals_); }
  [[nodiscard]] std::string verify() const { return fault_of(params_, totals_); }

  static std::vector<Phase> phases() {
    return {{"handshake", Role::transfer},
            {"deal", Role::transfer},
            {"tasks", Role::parallel},
            {"combine", Role::transfer}};
  }
  static PassNature nature(const TaskBatch& params) {
    return {.exchange = params.chunk == 0 ? Exchange::reduce : Exchange::other,
            .holds = {Part::whole, Part::whole}};
  }
  static Agreement agreement(const TaskBatch&) { return Agreement::placements; }
  static std::vector<Error> faults(const TaskBatch& params) {
    if (params.kind != TaskKind::disk) return {};
    const auto fault = UncachedFile::fault(folder_for_files(params.folder), params.reading);
    return fault ? std::vector<Error>{*fault} : std::vector<Error>{};
  }

 private:
  /// What a thread has done; aligned so that no two share a cache line.
  struct alignas(128) Worker {
    TaskTotals totals;
    double busy_s = 0;
    double dealt_s = 0;  ///< waiting for chunks
  };

  /// Network tasks have a server, on the host of rank 0.  Collective.
  ServerPlace start_server(bool only_here) {
    if (params_.kind != TaskKind::network) return {};
    together(comm_, [&] {
      if (comm_.is_root()) server_.emplace(params_, only_here);
    });
    nlohmann::json place;
    if (server_) {
      const ServerPlace& of_server = server_->place();
      place = {of_server.addresses, of_server.port, of_server.token};
    }
    place = share_json(comm_, place).at(0);
    return {.addresses = place.at(0), .port = place.at(1), .token = place.at(2)};
  }

  [[nodiscard]] PerformTask performer(double slowness, const ServerPlace& server) {
    switch (params_.kind) {
      case TaskKind::cpu:
        return perform_computing(params_, slowness, dealer_);
      case TaskKind::memory:
        return perform_reading_memory(params_, slowness, dealer_, team_);
      case TaskKind::wait:
        return perform_waiting(params_, slowness, dealer_, comm_);
      case TaskKind::disk:
        return perform_reading_file(params_, dealer_, team_);
      case TaskKind::network:
        break;
    }
    return perform_asking(params_, server, dealer_, team_);
  }

  void work(int thread) {
    Worker& mine = workers_[static_cast<std::size_t>(thread)];
    double since = comm_.now_s();
    for (Range chunk; !(chunk = dealer_.next(thread)).empty();) {
      const double begin_s = comm_.now_s();
      mine.dealt_s += begin_s - since;
      for (std::int64_t task = chunk.begin; task < chunk.end; ++task) {
        const std::int64_t weight = weights_[task];
        mine.totals.add(weight, perform_(thread, task, weight));
      }
      since = comm_.now_s();
      mine.busy_s += since - begin_s;
    }
    mine.dealt_s += comm_.now_s() - since;
  }

  /// Adds up what all workers of all ranks have done.
  void combine(PassTimes& times) {
    totals_ = {};
    for (const Worker& worker : workers_) {
      totals_.merge(worker.totals);
      times.busy_s.push_back(worker.busy_s);
    }
    times.items = totals_.tasks;
    static_assert(std::is_trivially_copyable_v<TaskTotals>);
    if (comm_.size() > 1) comm_.allreduce(&totals_, sizeof totals_, &merge_totals);
  }

  static void merge_totals(void* into, const void* from) {
    TaskTotals first;
    TaskTotals second;
    std::memcpy(&first, into, sizeof first);
    std::memcpy(&second, from, sizeof second);
    first.merge(second);
    std::memcpy(into, &first, sizeof first);
  }

  TaskBatch params_;
  Team& team_;
  Comm& comm_;
  paradigms::TaskWeights weights_;
  TaskDealer dealer_;
  std::vector<Worker> workers_;
  std::optional<WordServer> server_;  ///< at the root; outlives its clients
  PerformTask perform_;
  double handshake_s_ = 0;
  TaskTotals totals_;
};

}  // namespace

KernelEntry task_batch_entry() {
  return paradigm_entry<TaskBatch, TaskBatchPass>();
}

}  // namespace scalelaw::driver
