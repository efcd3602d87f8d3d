#pragma once

#include <cstring>
#include <deque>
#include <iterator>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "drivers/comm/comm.hpp"
#include "drivers/comm/node_memory.hpp"
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
// that pack() omits.  Such a piece is sent by itself, because then it is not copied.  One that the
// root can read where it lies is not sent at all: the description says its place.

/// The memory of a run that pack() omits.
template <Kernel K>
std::vector<Piece> bulk_of(Run<K>& run) {
  if constexpr (SendsBulk<K>) return K::bulk(run.partial);
  return {};
}

/// Appends a run to a batch's description: begin, end, the length of the packed partial, the number
/// of `places`, these, and the partial.
template <Kernel K>
void append_run(const Run<K>& run, const std::vector<Place>& places, Bytes& out) {
  const std::size_t frame = out.size();
  std::int64_t head[4] = {run.range.begin, run.range.end, 0, std::ssize(places)};
  out.resize(frame + sizeof head);
  const auto bytes = std::as_bytes(std::span(places));
  out.insert(out.end(), bytes.begin(), bytes.end());
  const std::size_t packed = out.size();
  K::pack(run.partial, out);
  head[2] = static_cast<std::int64_t>(out.size() - packed);
  std::memcpy(out.data() + frame, head, sizeof head);
}

/// A run that was described, and the memory in which the rest of it arrives.
template <Kernel K>
struct DescribedRun {
  Run<K> run;
  std::vector<Piece> arriving;
};

/// `find(place)`: the piece that lies there.
template <Kernel K, class Find>
DescribedRun<K> described_run(Range range, std::span<const std::byte> packed,
                              const std::vector<Place>& places, const Find& find) {
  std::vector<Piece> lying(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i].offset >= 0) lying[i] = find(places[i]);
  }
  DescribedRun<K> out{{range, {}}, {}};
  if constexpr (SharesBulk<K>) {
    out.run.partial = K::unpack(packed, lying);
  } else {
    out.run.partial = K::unpack(packed);
  }
  const std::vector<Piece> pieces = bulk_of(out.run);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i >= lying.size() || lying[i].empty()) out.arriving.push_back(pieces[i]);
  }
  return out;
}

template <Kernel K, class Find>
std::vector<DescribedRun<K>> extract_runs(const Bytes& in, const Find& find) {
  std::vector<DescribedRun<K>> runs;
  for (std::size_t at = 0; at < in.size();) {
    std::int64_t head[4];
    std::memcpy(head, in.data() + at, sizeof head);
    at += sizeof head;
    std::vector<Place> places(static_cast<std::size_t>(head[3]));
    if (!places.empty()) std::memcpy(places.data(), in.data() + at, places.size() * sizeof(Place));
    at += places.size() * sizeof(Place);
    const auto size = static_cast<std::size_t>(head[2]);
    runs.push_back(
        described_run<K>({head[0], head[1]}, std::span(in).subspan(at, size), places, find));
    at += size;
  }
  return runs;
}

/// Sends runs to the root, on any other rank.
template <Kernel K>
class RunSender {
 public:
  /// `shares`: the root can read this rank's ShareableMemory.
  explicit RunSender(Comm& comm, bool shares = false) : comm_(comm), shares_(shares) {}

  /// Starts sending, and frees the memory of runs whose transfer has ended; what the root reads
  /// where it lies stays until this object ends.
  void send(std::vector<Run<K>> runs) {
    while (!leaving_.empty() && leaving_.front().has_left()) remove_first();
    if (runs.empty()) return;
    Batch& batch = leaving_.emplace_back();
    batch.runs = std::move(runs);
    std::vector<Piece> pieces;
    for (Run<K>& run : batch.runs) describe(run, batch.described, pieces);
    batch.size = std::ssize(batch.described);
    start(batch, piece_of(batch.size));
    start(batch, Piece(batch.described));
    for (const Piece& piece : pieces) start(batch, piece);
  }

  /// Announces the end, and waits until all transfers have ended.
  void finish() {
    Batch& last = leaving_.emplace_back();
    start(last, piece_of(last.size));
    while (!leaving_.empty()) {
      leaving_.front().transfers.clear();  // the end of a transfer waits for it
      remove_first();
    }
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

  /// Describes a run, and adds to `pieces` what is to be sent beside the description.
  void describe(Run<K>& run, Bytes& out, std::vector<Piece>& pieces) const {
    std::vector<Place> places;
    for (const Piece& piece : bulk_of(run)) {
      if (shares_) places.push_back(place_of(piece));
      if (!shares_ || places.back().offset < 0) pieces.push_back(piece);
    }
    append_run(run, places, out);
  }

  void start(Batch& batch, Piece piece) { batch.transfers.push_back(comm_.send({piece}, 0)); }

  void remove_first() {
    if (shares_) {
      auto& runs = leaving_.front().runs;
      std::move(runs.begin(), runs.end(), std::back_inserter(kept_));
    }
    leaving_.pop_front();
  }

  Comm& comm_;
  bool shares_;
  std::vector<Run<K>> kept_;   ///< which the root may read
  std::deque<Batch> leaving_;  ///< in order; a deque, because what is being sent must not move
};

/// Receives the runs of all other ranks, at the root.
template <Kernel K>
class RunReceiver {
 public:
  /// `memory`: where the runs of ranks that share theirs lie.  Such runs must not outlive it, nor
  /// the RunSender from which they came.
  explicit RunReceiver(Comm& comm, NodeMemory* memory = nullptr) : comm_(comm), memory_(memory) {
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
    const auto find = [&](Place place) {
      if (memory_ == nullptr) throw Error("a rank shares memory that rank 0 has not mapped");
      return memory_->at(rank.from, place);
    };
    for (DescribedRun<K>& one : extract_runs<K>(rank.description, find)) {
      for (const Piece& piece : one.arriving) {
        arriving_.push_back(comm_.receive({piece}, rank.from));
      }
      runs_.push_back(std::move(one.run));
    }
    await_batch(rank);
  }

  Comm& comm_;
  NodeMemory* memory_;
  std::vector<Run<K>> runs_;
  std::vector<std::unique_ptr<Transfer>> arriving_;
  std::deque<Sender> ranks_;  ///< what is being received must not move
};

}  // namespace scalelaw::driver
