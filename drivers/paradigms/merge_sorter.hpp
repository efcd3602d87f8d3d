#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "drivers/comm/comm.hpp"
#include "drivers/team/team.hpp"

namespace scalelaw::driver {

/// A merge sort by the threads of this process: the two halves of a part are two tasks, down to
/// parts of at most `cutoff` numbers.
class MergeSorter {
 public:
  MergeSorter(std::int64_t cutoff, Team& team, const Comm& comm);

  using Numbers = std::span<std::uint64_t>;

  /// Sorts `numbers`.  `room` is as long, and overlaps them not.
  void sort(Numbers numbers, Numbers room);

  /// Seconds that each thread has sorted and merged since the last call.
  std::vector<double> take_busy_s();

 private:
  /// Aligned so that no two share a cache line.
  struct alignas(128) Busy {
    double seconds = 0;
  };

  void sort_part(Numbers numbers, Numbers room, bool into_room, int thread);
  template <class F>
  void charge(int thread, F&& work);

  std::size_t cutoff_;
  Team& team_;
  const Comm& comm_;
  std::vector<Busy> busy_;
};

/// A part of the ranks, with its part of the numbers.
struct RankPart {
  int begin = 0, end = 0;  ///< ranks; the first one has the numbers
  std::int64_t numbers = 0;

  [[nodiscard]] bool is_single() const { return end - begin == 1; }
  [[nodiscard]] int middle() const { return begin + (end - begin + 1) / 2; }
  [[nodiscard]] RankPart left() const { return {begin, middle(), numbers - right().numbers}; }
  [[nodiscard]] RankPart right() const {
    return {middle(), end, numbers * (end - middle()) / (end - begin)};
  }
};

/// Where a rank gets its numbers from.
struct RankOrigin {
  RankPart part;    ///< the largest that the rank is the first of
  int parent = -1;  ///< the rank that sends them; -1: none
};
RankOrigin origin_of(int rank, int ranks, std::int64_t numbers);

}  // namespace scalelaw::driver
