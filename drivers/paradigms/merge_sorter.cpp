#include "drivers/paradigms/merge_sorter.hpp"

#include <algorithm>

#include "paradigms/divide_and_conquer.hpp"

namespace scalelaw::driver {

MergeSorter::MergeSorter(std::int64_t cutoff, Team& team, const Comm& comm)
    : cutoff_(static_cast<std::size_t>(cutoff)),
      team_(team),
      comm_(comm),
      busy_(static_cast<std::size_t>(team.size())) {}

void MergeSorter::sort(Numbers numbers, Numbers room) {
  team_.run_recursion([&](int thread) { sort_part(numbers, room, false, thread); });
}

template <class F>
void MergeSorter::charge(int thread, F&& work) {
  const double since = comm_.now_s();
  work();
  busy_[static_cast<std::size_t>(thread)].seconds += comm_.now_s() - since;
}

/// `into_room`: leaves the result there.  Each level merges from the one to the other, so that
/// nothing is copied back.
void MergeSorter::sort_part(Numbers numbers, Numbers room, bool into_room, int thread) {
  if (numbers.size() <= cutoff_ || numbers.size() == 1) {
    charge(thread, [&] {
      paradigms::sort_part(numbers);
      if (into_room) std::ranges::copy(numbers, room.begin());
    });
    return;
  }
  const std::size_t half = numbers.size() / 2;
  const Numbers left = numbers.first(half), right = numbers.subspan(half);
  const Numbers left_room = room.first(half), right_room = room.subspan(half);
  int here = thread;
  team_.both([&](int by) { sort_part(left, left_room, !into_room, by); },
             [&](int by) {
               here = by;
               sort_part(right, right_room, !into_room, by);
             });
  charge(here, [&] {
    if (into_room) {
      paradigms::merge_parts(left, right, room);
    } else {
      paradigms::merge_parts(left_room, right_room, numbers);
    }
  });
}

std::vector<double> MergeSorter::take_busy_s() {
  std::vector<double> out;
  for (Busy& one : busy_) {
    out.push_back(one.seconds);
    one = {};
  }
  return out;
}

RankOrigin origin_of(int rank, int ranks, std::int64_t numbers) {
  RankOrigin origin{.part = {0, ranks, numbers}};
  while (origin.part.begin != rank) {
    if (rank < origin.part.middle()) {
      origin.part = origin.part.left();
    } else {
      origin.parent = origin.part.begin;
      origin.part = origin.part.right();
    }
  }
  return origin;
}

}  // namespace scalelaw::driver
