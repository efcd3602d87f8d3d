#pragma once

#include <algorithm>
#include <cstring>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "common/phase.hpp"
#include "drivers/cli/options.hpp"
#include "drivers/comm/comm.hpp"
#include "drivers/comm/node_memory.hpp"
#include "drivers/input/inputs.hpp"  // all specialisations of Files, wherever a Pass is made
#include "drivers/input/read_together.hpp"
#include "drivers/pass/run_exchange.hpp"
#include "drivers/pass/times.hpp"
#include "drivers/team/team.hpp"
#include "kernels/kernel.hpp"

namespace scalelaw::driver {

/// The timed pass, for every kernel and every model: a Team of threads in each process of a Comm.
/// The constructor is collective; it allocates and fills.  Every call computes the whole result
/// again.
/// Errors: the constructor throws SharedError when memory or an input file is at fault on any rank.
template <Kernel K>
class Pass {
 public:
  using Params = typename K::Params;

  Pass(Params params, const Options& options, Team& team, Comm& comm)
      : params_(std::move(params)),
        options_(options),
        team_(team),
        comm_(comm),
        all_{0, K::items(params_)},
        mine_(split(all_, comm.size(), comm.rank())),
        dynamic_(options.distribution == Distribution::dynamic),
        chunk_(options.rank_chunk > 0
                   ? options.rank_chunk
                   : std::max<std::int64_t>(1, all_.size() / (64 * std::int64_t{comm.size()}))),
        workers_(static_cast<std::size_t>(team.size())) {
    read_together<K>(params_, comm_, [&] { load(); });
    if (dynamic_ && options_.data == Data::scatter) expose();
    share_memory();
  }
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;
  ~Pass() {
    // Skip the collective after a failure: other ranks may never reach it.
    if (exposed_ && std::uncaught_exceptions() == 0) comm_.conceal();
  }

  /// Collective.  `diagnostic` adds a barrier between compute and combine, which separates waiting
  /// from transfer; such a pass is never used as a timing.
  PassTimes operator()(bool diagnostic) {
    for (Worker& worker : workers_) worker.begin();
    result_.reset();
    close_exchange();
    times_ = {};
    times_.phases_s.resize(phases().size());
    if (dynamic_) comm_.reset_counter();
    comm_.barrier();
    start_s_ = comm_.now_s();
    open_exchange();

    if (dynamic_) {
      compute_dynamic();
    } else if (options_.overlap) {
      compute_overlapped();
    } else {
      compute_block();
    }
    end_items(times_, comm_, start_s_, diagnostic);
    finish(combine());
    times_.total_s = comm_.now_s() - start_s_;
    for (const Worker& worker : workers_) times_.busy_s.push_back(worker.busy_s);
    return times_;
  }

  /// The phases of a pass, in order of time.
  static std::vector<Phase> phases() {
    return {{"distribute", Role::transfer},
            {"prepare", Role::serial},
            {"compute", Role::parallel},
            {"combine", Role::transfer},
            {"finish", Role::serial}};
  }

  /// The items whose input this rank has in memory from the start.
  [[nodiscard]] Range held_items() const { return held(); }

  /// Computes some of these, numbered from the first, outside of a pass; returns the seconds.
  double seconds_for(Range items) {
    const Range at{held().begin + items.begin, held().begin + items.end};
    const Shared shared = K::prepare(params_);
    Workspace workspace{};
    Partial partial{};
    const double since = comm_.now_s();
    K::compute(params_, shared, *storage_, at, workspace, partial);
    return comm_.now_s() - since;
  }

  /// The result of the last pass; at the root only.
  [[nodiscard]] const typename K::Result& result() const { return *result_; }
  [[nodiscard]] const Params& params() const { return params_; }

 private:
  using Partial = typename K::Partial;
  using Shared = typename K::Shared;
  using Storage = typename K::Storage;
  using Workspace = typename K::Workspace;

  /// One thread's state; aligned so that no two share a cache line.
  struct alignas(128) Worker {
    typename K::Workspace workspace{};
    std::vector<Run<K>> runs;
    double busy_s = 0;

    /// Resets everything but the capacity for runs.
    void begin() {
      workspace = {};
      runs.clear();
      busy_s = 0;
    }
  };

  /// The phases, as phases() names them.
  enum class In { distribute, prepare, compute, combine, finish };

  /// Adds the time since `since` to a phase; returns the current time.
  double charge(In phase, double since) {
    const double now = comm_.now_s();
    times_.phases_s[static_cast<std::size_t>(phase)] += now - since;
    return now;
  }

  // --- before the clock starts ---------------------------------------------------------------

  /// The items that this rank's storage covers from the start.
  [[nodiscard]] Range held() const {
    switch (options_.data) {
      case Data::scatter:
        return comm_.is_root() ? all_ : (dynamic_ ? Range{} : mine_);
      case Data::file:
        return dynamic_ ? Range{} : mine_;
      default:
        return dynamic_ ? all_ : mine_;
    }
  }

  void load() {
    const Range covers = held();
    storage_.emplace(K::allocate(params_, covers));
    const bool arrives_later =
        options_.data == Data::file || (options_.data == Data::scatter && !comm_.is_root());
    if (arrives_later) {
      touch(covers);
    } else if (Files<K>::given(params_)) {
      touch(covers);
      if (!covers.empty()) Files<K>::read(params_, *storage_, covers);
    } else {
      team_.run([&](int thread) {
        const Range part = split(covers, team_.size(), thread);
        if (!part.empty()) K::fill(params_, *storage_, part);
      });
    }
  }

  /// First touch by the thread that will compute, for input that is written by other means.
  void touch(Range covers) {
    team_.run([&](int thread) {
      const Range part = split(covers, team_.size(), thread);
      if (part.empty()) return;
      for (const Piece& piece : K::pieces(params_, *storage_, part)) {
        std::memset(piece.data(), 0, piece.size());
      }
    });
  }

  [[nodiscard]] std::int64_t chunks() const { return (all_.size() + chunk_ - 1) / chunk_; }
  [[nodiscard]] Range chunk(std::int64_t number) const {
    return {number * chunk_, std::min(all_.end, (number + 1) * chunk_)};
  }

  void expose() {
    std::vector<std::vector<Piece>> table;
    std::vector<Piece> memory;
    if (comm_.is_root()) {
      memory = K::pieces(params_, *storage_, all_);
      for (std::int64_t i = 0; i < chunks(); ++i) {
        table.push_back(K::pieces(params_, *storage_, chunk(i)));
      }
    }
    comm_.expose(memory, table);
    exposed_ = true;
  }

  // --- compute ---------------------------------------------------------------------------------

  void compute_block() {
    double since = start_s_;
    if (options_.data == Data::scatter) scatter();
    if (options_.data == Data::file && !mine_.empty()) Files<K>::read(params_, *storage_, mine_);
    since = charge(In::distribute, since);
    const Shared shared = K::prepare(params_);
    since = charge(In::prepare, since);
    compute(shared, *storage_, mine_);
    charge(In::compute, since);
  }

  void scatter() {
    if (!comm_.is_root()) {
      comm_.receive(K::pieces(params_, *storage_, mine_), 0)->wait();
      return;
    }
    std::vector<std::unique_ptr<Transfer>> leaving;
    for (int to = 1; to < comm_.size(); ++to) {
      leaving.push_back(
          comm_.send(K::pieces(params_, *storage_, split(all_, comm_.size(), to)), to));
    }
    for (const auto& transfer : leaving) transfer->wait();
  }

  /// Scatter in chunks: every rank computes one while the next ones arrive.
  void compute_overlapped() {
    double since = start_s_;
    const std::int64_t parts = overlapped_parts();
    std::vector<std::unique_ptr<Transfer>> transfers = start_overlapped(parts);
    since = charge(In::distribute, since);
    const Shared shared = K::prepare(params_);
    since = charge(In::prepare, since);
    for (std::int64_t i = 0; i < parts; ++i) {
      if (comm_.is_root()) {
        for (const auto& transfer : transfers) transfer->test();
      } else {
        transfers[static_cast<std::size_t>(i)]->wait();
      }
      since = charge(In::distribute, since);
      compute(shared, *storage_, split(mine_, parts, i));
      since = charge(In::compute, since);
      exchange_runs();
      since = charge(In::combine, since);
    }
    for (const auto& transfer : transfers) transfer->wait();
    charge(In::distribute, since);
  }

  [[nodiscard]] std::int64_t overlapped_parts() const {
    const std::int64_t share = std::max<std::int64_t>(1, all_.size() / comm_.size());
    return options_.rank_chunk > 0 ? (share + chunk_ - 1) / chunk_
                                   : std::min<std::int64_t>(16, share);
  }

  std::vector<std::unique_ptr<Transfer>> start_overlapped(std::int64_t parts) {
    std::vector<std::unique_ptr<Transfer>> transfers;
    for (std::int64_t i = 0; i < parts; ++i) {
      if (!comm_.is_root()) {
        transfers.push_back(
            comm_.receive(K::pieces(params_, *storage_, split(mine_, parts, i)), 0));
        continue;
      }
      for (int to = 1; to < comm_.size(); ++to) {
        const Range part = split(split(all_, comm_.size(), to), parts, i);
        transfers.push_back(comm_.send(K::pieces(params_, *storage_, part), to));
      }
    }
    return transfers;
  }

  /// Ranks take the next chunk from a counter until none is left.
  void compute_dynamic() {
    double since = start_s_;
    const Shared shared = K::prepare(params_);
    since = charge(In::prepare, since);
    for (std::int64_t i = 0; (i = comm_.fetch_add(1)) < chunks();) {
      if (options_.data == Data::local || (options_.data == Data::scatter && comm_.is_root())) {
        since = charge(In::distribute, since);
        compute(shared, *storage_, chunk(i));
      } else {
        Storage part = K::allocate(params_, chunk(i));
        if (options_.data == Data::file) {
          Files<K>::read(params_, part, chunk(i));
        } else {
          comm_.read(i, K::pieces(params_, part, chunk(i)));
        }
        since = charge(In::distribute, since);
        compute(shared, part, chunk(i));
      }
      since = charge(In::compute, since);
      exchange_runs();
      since = charge(In::combine, since);
    }
    charge(In::distribute, since);
  }

  void compute(const Shared& shared, const Storage& storage, Range range) {
    times_.items += range.size();
    Dealer dealer(options_.schedule, range, team_.size());
    team_.run([&](int thread) {
      Worker& worker = workers_[static_cast<std::size_t>(thread)];
      Range part;
      for (std::int64_t turn = 0; !(part = dealer.next(thread, turn)).empty(); ++turn) {
        const double since = comm_.now_s();
        Run<K>& run = run_for(worker, part);
        K::compute(params_, shared, storage, part, worker.workspace, run.partial);
        worker.busy_s += comm_.now_s() - since;
      }
    });
  }

  /// Takes all runs so far; later ones start again.
  std::vector<Run<K>> take_runs() {
    std::vector<Run<K>> runs;
    for (Worker& worker : workers_) {
      std::move(worker.runs.begin(), worker.runs.end(), std::back_inserter(runs));
      worker.runs.clear();
    }
    return runs;
  }

  /// Between two parts of the computation: sends finished runs to the root, or, at the root,
  /// receives those of others, so that little is left to send at the end.
  void exchange_runs() {
    if constexpr (K::ordered) {
      if (sender_) sender_->send(take_runs());
      if (receiver_) receiver_->progress();
    }
  }

  /// Ranks on the root's host write their results where the root can read them.
  void share_memory() {
    if constexpr (SharesBulk<K>) {
      if (comm_.size() == 1 || options_.combine == Combine::messages) return;
      node_memory_.emplace(comm_);
      if (node_memory_->reaches(comm_.rank())) K::share_bulk();
    }
  }

  /// Frees what the root may have read until now.  Ranks write there again after the next barrier,
  /// which the root reaches when it has no result any more.
  void close_exchange() {
    sender_.reset();
    receiver_.reset();
  }

  /// Has no effect if results are merged by a reduction or stay in one process.
  void open_exchange() {
    if constexpr (K::ordered) {
      if (comm_.size() == 1) return;
      if (comm_.is_root()) {
        receiver_.emplace(comm_, node_memory_ ? &*node_memory_ : nullptr);
      } else {
        sender_.emplace(comm_, node_memory_ && node_memory_->reaches(comm_.rank()));
      }
    }
  }

  /// The run that `part` belongs to: the last one if order does not matter or `part` continues it,
  /// else a new one.
  static Run<K>& run_for(Worker& worker, Range part) {
    std::vector<Run<K>>& runs = worker.runs;
    if (runs.empty() || (K::ordered && runs.back().range.end != part.begin)) {
      runs.emplace_back().range = {part.begin, part.begin};
    }
    runs.back().range.end = part.end;
    return runs.back();
  }

  // --- combine ---------------------------------------------------------------------------------

  /// The partial of all items, at the root.
  Partial combine() {
    double since = comm_.now_s();
    Partial partial;
    if constexpr (K::ordered) {
      partial = combine_ordered();
    } else {
      for (Worker& worker : workers_) {
        for (Run<K>& run : worker.runs) K::merge(partial, std::move(run.partial));
      }
      if constexpr (std::is_trivially_copyable_v<Partial>) {
        if (comm_.size() > 1) comm_.allreduce(&partial, sizeof partial, &merge_bytes);
      } else {
        combine_tree(partial);
      }
    }
    charge(In::combine, since);
    return partial;
  }

  static void merge_bytes(void* into, const void* from) {
    Partial first;
    Partial second;
    std::memcpy(&first, into, sizeof first);
    std::memcpy(&second, from, sizeof second);
    K::merge(first, std::move(second));
    std::memcpy(into, &first, sizeof first);
  }

  /// Every rank except the root sends once, to its parent in a binomial tree.
  void combine_tree(Partial& partial) {
    for (int step = 1; step < comm_.size(); step *= 2) {
      if (comm_.rank() & step) {
        Bytes packed;
        K::pack(partial, packed);
        send_bytes(comm_, packed, comm_.rank() - step);
        return;
      }
      if (comm_.rank() + step < comm_.size()) {
        const Bytes packed = receive_bytes(comm_, comm_.rank() + step);
        K::merge(partial, K::unpack(packed));
      }
    }
  }

  /// Sorts runs by position and concatenates them.
  static Partial merge_in_order(std::vector<Run<K>> runs) {
    std::sort(runs.begin(), runs.end(),
              [](const Run<K>& a, const Run<K>& b) { return a.range.begin < b.range.begin; });
    Partial partial;
    for (Run<K>& run : runs) K::merge(partial, std::move(run.partial));
    return partial;
  }

  Partial combine_ordered() {
    std::vector<Run<K>> runs = take_runs();
    if (comm_.size() == 1) return merge_in_order(std::move(runs));
    if (sender_) {
      sender_->send(std::move(runs));
      sender_->finish();
      return {};
    }
    std::vector<Run<K>> arrived = receiver_->finish();
    std::move(arrived.begin(), arrived.end(), std::back_inserter(runs));
    return merge_in_order(std::move(runs));
  }

  void finish(Partial partial) {
    const double since = comm_.now_s();
    if (comm_.is_root()) result_.emplace(K::finish(params_, std::move(partial)));
    charge(In::finish, since);
  }

  Params params_;
  Options options_;
  Team& team_;
  Comm& comm_;
  Range all_;
  Range mine_;  ///< block of this rank
  bool dynamic_;
  std::int64_t chunk_;
  std::vector<Worker> workers_;
  std::optional<Storage> storage_;
  std::optional<NodeMemory> node_memory_;  ///< where the parts of the result may lie
  std::optional<typename K::Result> result_;
  std::optional<RunSender<K>> sender_;      ///< sends runs to the root
  std::optional<RunReceiver<K>> receiver_;  ///< at the root, receives those of all others
  bool exposed_ = false;
  PassTimes times_;
  double start_s_ = 0;
};

}  // namespace scalelaw::driver
