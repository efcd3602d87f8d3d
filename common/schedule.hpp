#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "common/range.hpp"

namespace scalelaw {

/// How the items of one process are dealt to its threads.
struct Schedule {
  enum class Kind { fixed, dynamic, guided };
  friend constexpr auto enum_names(Kind) {
    return std::array<std::string_view, 3>{"static", "dynamic", "guided"};
  }

  Kind kind = Kind::fixed;
  /// Items dealt at a time (guided: at least).  0: fixed gives each thread one contiguous part,
  /// dynamic aims at 32 chunks a thread, guided at no less than one item.
  std::int64_t chunk = 0;

  friend constexpr bool operator==(const Schedule&, const Schedule&) = default;
};

/// Deals the chunks of `whole` to `threads` threads; every item is dealt exactly once.
/// Threads: next() is called concurrently, each thread with its own number and its own cursor.
class Dealer {
 public:
  Dealer(Schedule schedule, Range whole, int threads)
      : schedule_(schedule), whole_(whole), threads_(threads), next_(whole.begin) {
    if (schedule_.chunk <= 0 && schedule_.kind != Schedule::Kind::fixed) {
      schedule_.chunk =
          schedule_.kind == Schedule::Kind::guided
              ? 1
              : std::max<std::int64_t>(1, whole.size() / (32 * std::int64_t{threads}));
    }
  }

  /// The next chunk for `thread`; empty when there is none left.  `turn` counts the thread's calls,
  /// from 0.
  Range next(int thread, std::int64_t turn) {
    if (schedule_.kind == Schedule::Kind::fixed) return fixed(thread, turn);
    if (schedule_.kind == Schedule::Kind::dynamic) {
      const std::int64_t begin = next_.fetch_add(schedule_.chunk, std::memory_order_relaxed);
      return {std::min(begin, whole_.end), std::min(begin + schedule_.chunk, whole_.end)};
    }
    return guided();
  }

 private:
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
  std::atomic<std::int64_t> next_;
};

}  // namespace scalelaw
