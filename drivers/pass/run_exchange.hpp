#pragma once

#include <cstring>
#include <deque>
#include <iterator>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "drivers/comm/comm.hpp"
#include "kernels/kernel.hpp"

namespace scalelaw::driver {

/// The partial of consecutive items.
template <Kernel K>
struct Run {
  Range range;
  typename K::Partial partial;
};

// The other ranks send runs to the root in batches, whenever some are done, so that the root can
// receive them while it computes its own items.  A batch has three kinds of messages: the size of
// its description (0 announces the end), the description, and one message for each piece of memory
// that pack() omits.  Such a piece is sent by itself, because then it is not copied.

/// Appends a run to a batch's description: begin, end, then the packed partial with its length.
template <Kernel K>
void append_run(const Run<K>& run, Bytes& out) {
  const std::size_t frame = out.size();
  std::int64_t head[3] = {run.range.begin, run.range.end, 0};
  out.resize(frame + sizeof head);
  K::pack(run.partial, out);
  head[2] = static_cast<std::int64_t>(out.size() - frame - sizeof head);
  std::memcpy(out.data() + frame, head, sizeof head);
}

template <Kernel K>
std::vector<Run<K>> extract_runs(const Bytes& in) {
  std::vector<Run<K>> runs;
  for (std::size_t at = 0; at < in.size();) {
    std::int64_t head[3];
    std::memcpy(head, in.data() + at, sizeof head);
    at += sizeof head;
    const auto size = static_cast<std::size_t>(head[2]);
    runs.push_back({{head[0], head[1]}, K::unpack(std::span(in).subspan(at, size))});
    at += size;
  }
  return runs;
}

/// The memory of `runs` that pack() omits.
template <Kernel K>
std::vector<Piece> bulk_of(std::vector<Run<K>>& runs) {
  std::vector<Piece> out;
  if constexpr (SendsBulk<K>) {
    for (Run<K>& run : runs) {
      const std::vector<Piece> pieces = K::bulk(run.partial);
      out.insert(out.end(), pieces.begin(), pieces.end());
    }
  }
  return out;
}

/// Sends runs to the root, on any other rank.
template <Kernel K>
class RunSender {
 public:
  explicit RunSender(Comm& comm) : comm_(comm) {}

  /// Starts sending, and frees the memory of runs whose transfer has ended.
  void send(std::vector<Run<K>> runs) {
    while (!leaving_.empty() && leaving_.front().has_left()) leaving_.pop_front();
    if (runs.empty()) return;
    Batch& batch = leaving_.emplace_back();
    batch.runs = std::move(runs);
    for (const Run<K>& run : batch.runs) append_run(run, batch.described);
    batch.size = std::ssize(batch.described);
    start(batch, piece_of(batch.size));
    start(batch, Piece(batch.described));
    for (const Piece& piece : bulk_of(batch.runs)) start(batch, piece);
  }

  /// Announces the end, and waits until all transfers have ended.
  void finish() {
    Batch& last = leaving_.emplace_back();
    start(last, piece_of(last.size));
    leaving_.clear();  // the end of a transfer waits for it
  }

 private:
  struct Batch {
    std::vector<Run<K>> runs;
    Bytes described;
    std::int64_t size = 0;
    std::vector<std::unique_ptr<Transfer>> transfers;  // destroyed first: they need the rest

    bool has_left() {
      for (const auto& transfer : transfers) {
        if (!transfer->test()) return false;
      }
      return true;
    }
  };

  void start(Batch& batch, Piece piece) { batch.transfers.push_back(comm_.send({piece}, 0)); }

  Comm& comm_;
  std::deque<Batch> leaving_;  ///< in order; a deque, because what is being sent must not move
};

/// Receives the runs of all other ranks, at the root.
template <Kernel K>
class RunReceiver {
 public:
  explicit RunReceiver(Comm& comm) : comm_(comm) {
    for (int from = 1; from < comm.size(); ++from) await_batch(ranks_.emplace_back(from));
  }

  /// Receives what has arrived, without waiting.
  void progress() {
    for (Sender& rank : ranks_) {
      while (!rank.ended && rank.next->test()) advance(rank);
    }
  }

  /// Waits for the last run, and returns the runs of all ranks in any order.
  std::vector<Run<K>> finish() {
    for (Sender& rank : ranks_) {
      while (!rank.ended) {
        rank.next->wait();
        advance(rank);
      }
    }
    for (const auto& transfer : arriving_) transfer->wait();
    return std::move(runs_);
  }

 private:
  struct Sender {
    explicit Sender(int number) : from(number) {}

    int from;
    bool ended = false;
    bool described = false;  ///< true: `next` receives the batch's description; false: its size
    std::int64_t size = 0;
    Bytes description;
    std::unique_ptr<Transfer> next;
  };

  void await_batch(Sender& rank) {
    rank.described = false;
    rank.next = comm_.receive({piece_of(rank.size)}, rank.from);
  }

  /// Continues with the message that follows the one that has arrived.
  void advance(Sender& rank) {
    if (!rank.described) {
      rank.ended = rank.size == 0;
      if (rank.ended) return;
      rank.described = true;
      rank.description.resize(static_cast<std::size_t>(rank.size));
      rank.next = comm_.receive({Piece(rank.description)}, rank.from);
      return;
    }
    std::vector<Run<K>> runs = extract_runs<K>(rank.description);
    for (const Piece& piece : bulk_of(runs)) {
      arriving_.push_back(comm_.receive({piece}, rank.from));
    }
    std::move(runs.begin(), runs.end(), std::back_inserter(runs_));
    await_batch(rank);
  }

  Comm& comm_;
  std::vector<Run<K>> runs_;
  std::vector<std::unique_ptr<Transfer>> arriving_;
  std::deque<Sender> ranks_;  ///< what is being received must not move
};

}  // namespace scalelaw::driver
