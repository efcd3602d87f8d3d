#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "common/range.hpp"

namespace scalelaw {

/// How the items of one process are distributed to its threads.
///
/// fixed:   before anything runs.
/// dynamic: each thread works through its own part, then takes half of what the slowest thread has
///          left.  Chunks are thus adjacent, which suits a thread that continues where it stopped,
///          and lie where `fixed` would have put them.
/// guided:  from one queue, in chunks that shrink towards the end.
struct Schedule {
  enum class Kind { fixed, dynamic, guided };
  friend constexpr auto enum_names(Kind) {
    return std::array<std::string_view, 3>{"static", "dynamic", "guided"};
  }

  Kind kind = Kind::fixed;
  /// Items per chunk (guided: the minimum).  0: fixed gives each thread one contiguous part,
  /// dynamic aims at 32 chunks per thread (one for a single thread), guided has a minimum of
  /// one item.
  std::int64_t chunk = 0;

  friend constexpr bool operator==(const Schedule&, const Schedule&) = default;
};

/// Deals the chunks of `whole` to `threads` threads; every item is dealt exactly once.
/// Threads: next() may be called concurrently, each thread with its own number and turn.
class Dealer {
 public:
  Dealer(Schedule schedule, Range whole, int threads)
      : schedule_(schedule),
        whole_(whole),
        threads_(threads),
        next_(whole.begin),
        shares_(schedule.kind == Schedule::Kind::dynamic ? static_cast<std::size_t>(threads) : 0) {
    if (schedule_.chunk <= 0 && schedule_.kind != Schedule::Kind::fixed) {
      const std::int64_t chunks = threads == 1 ? 1 : 32 * std::int64_t{threads};
      schedule_.chunk = schedule_.kind == Schedule::Kind::guided
                            ? 1
                            : std::max<std::int64_t>(1, whole.size() / chunks);
    }
    for (std::size_t i = 0; i < shares_.size(); ++i) {
      shares_[i].left = split(whole, threads, static_cast<std::int64_t>(i));
    }
  }

  /// The next chunk for `thread`; empty when none is left.  `turn` counts the thread's calls
  /// from 0.
  Range next(int thread, std::int64_t turn) {
    if (schedule_.kind == Schedule::Kind::fixed) return fixed(thread, turn);
    if (schedule_.kind == Schedule::Kind::dynamic) return dynamic(thread);
    return guided();
  }

 private:
  /// What is left of a thread's own part; aligned so that no two share a cache line.
  struct alignas(128) Share {
    std::mutex mutex;
    Range left;
  };

  /// Source: libomp's static_steal schedule (openmp/runtime/src/kmp_dispatch.cpp).
  Range dynamic(int thread) {
    Share& own = shares_[static_cast<std::size_t>(thread)];
    for (;;) {
      {
        const std::lock_guard lock(own.mutex);
        if (!own.left.empty()) return take_chunk(own.left);
      }
      Share* const slowest = largest_share();
      if (slowest == nullptr) return {};
      const Range loot = take_half(*slowest);
      const std::lock_guard lock(own.mutex);
      own.left = loot;
    }
  }

  [[nodiscard]] Range take_chunk(Range& left) const {
    const Range front{left.begin, std::min(left.end, left.begin + schedule_.chunk)};
    left.begin = front.end;
    return front;
  }

  /// Null when all shares are empty.
  Share* largest_share() {
    Share* largest = nullptr;
    std::int64_t most = 0;
    for (Share& share : shares_) {
      const std::lock_guard lock(share.mutex);
      if (share.left.size() <= most) continue;
      most = share.left.size();
      largest = &share;
    }
    return largest;
  }

  /// The later half in whole chunks, or all of a single one; empty when another thread was faster.
  [[nodiscard]] Range take_half(Share& share) const {
    const std::lock_guard lock(share.mutex);
    const std::int64_t chunks = share.left.size() / schedule_.chunk;
    const Range half{share.left.begin + chunks / 2 * schedule_.chunk, share.left.end};
    share.left.end = half.begin;
    return half;
  }

  [[nodiscard]] Range fixed(int thread, std::int64_t turn) const {
    if (schedule_.chunk <= 0) return turn == 0 ? split(whole_, threads_, thread) : Range{};
    const std::int64_t begin = whole_.begin + (turn * threads_ + thread) * schedule_.chunk;
    return {std::min(begin, whole_.end), std::min(begin + schedule_.chunk, whole_.end)};
  }

  /// Half of an even share of what is left, so that chunks shrink towards the end.
  Range guided() {
    std::int64_t begin = next_.load(std::memory_order_relaxed);
    while (begin < whole_.end) {
      const std::int64_t left = whole_.end - begin;
      const std::int64_t size =
          std::min(left, std::max(schedule_.chunk, left / (2 * std::int64_t{threads_})));
      if (next_.compare_exchange_weak(begin, begin + size, std::memory_order_relaxed)) {
        return {begin, begin + size};
      }
    }
    return {};
  }

  Schedule schedule_;
  Range whole_;
  int threads_;
  std::atomic<std::int64_t> next_;  ///< guided
  std::vector<Share> shares_;       ///< dynamic, per thread
};

}  // namespace scalelaw
