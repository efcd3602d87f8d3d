#include "drivers/paradigms/divide_and_conquer_entry.hpp"

#include <array>

#include "drivers/paradigms/entry.hpp"
#include "drivers/paradigms/merge_sorter.hpp"
#include "kernels/numerics/buffer.hpp"
#include "paradigms/divide_and_conquer.hpp"

namespace scalelaw::driver {
namespace {

using paradigms::DivideAndConquer;
using Numbers = MergeSorter::Numbers;

Numbers numbers_in(const Buffer& buffer) {
  return {buffer.as<std::uint64_t>(), static_cast<std::size_t>(buffer.size() / 8)};
}

/// Halves the ranks first, and then, in each of them, the numbers.
class SortPass {
 public:
  SortPass(const DivideAndConquer& params, Team& team, Comm& comm)
      : params_(params),
        team_(team),
        comm_(comm),
        origin_(origin_of(comm.rank(), comm.size(), params.length)),
        numbers_(origin_.part.numbers * 8),
        room_(origin_.part.numbers * 8),
        sorter_(params.cutoff, team, comm) {}

  void connect() {}

  /// A diagnostic pass is like any other: a rank computes again after others have ended, so no
  /// barrier separates waiting from transfer.
  PassTimes operator()(bool) {
    if (comm_.is_root()) fill();
    spent_s_ = {};
    sorted_ = 0;
    const Numbers numbers = numbers_in(numbers_);
    comm_.barrier();
    const double start_s = since_s_ = comm_.now_s();
    if (origin_.parent >= 0) comm_.receive({bytes_of(numbers)}, origin_.parent)->wait();
    charge(In::send);
    sort(origin_.part, numbers);
    PassTimes times;
    times.computed_s = since_s_ - start_s;
    if (origin_.parent >= 0) comm_.send({bytes_of(numbers)}, origin_.parent)->wait();
    charge(In::receive);
    times.total_s = since_s_ - start_s;
    times.phases_s.assign(spent_s_.begin(), spent_s_.end());
    times.busy_s = sorter_.take_busy_s();
    times.items = sorted_;
    return times;
  }

  [[nodiscard]] std::vector<Fact> facts() const {
    return paradigms::facts_of(numbers_in(numbers_));
  }
  [[nodiscard]] std::string verify() const {
    return paradigms::fault_of(params_, numbers_in(numbers_));
  }

  static std::vector<Phase> phases() {
    return {{"send", Role::transfer},
            {"sort", Role::parallel},
            {"receive", Role::transfer},
            {"merge", Role::parallel}};
  }
  static PassNature nature(const DivideAndConquer&) {
    return {.diagnostics = false, .exchange = Exchange::other, .holds = {Part::whole, Part::share}};
  }
  static Agreement agreement(const DivideAndConquer&) { return Agreement::placements; }
  static std::vector<Error> faults(const DivideAndConquer&) { return {}; }

 private:
  /// The phases, as phases() names them.
  enum class In { send, sort, receive, merge };

  static Piece bytes_of(Numbers numbers) { return std::as_writable_bytes(numbers); }

  /// Before the clock starts; each part by the thread that is near it afterwards.
  void fill() {
    team_.run([this](int thread) {
      const Range part = split({0, params_.length}, team_.size(), thread);
      paradigms::fill_numbers(params_.seed, part.begin,
                              numbers_in(numbers_).subspan(static_cast<std::size_t>(part.begin),
                                                           static_cast<std::size_t>(part.size())));
    });
  }

  void charge(In phase) {
    const double now_s = comm_.now_s();
    spent_s_.at(static_cast<std::size_t>(phase)) += now_s - since_s_;
    since_s_ = now_s;
  }

  /// Sorts the numbers of a part, this rank being the first of its ranks.
  void sort(const RankPart& part, Numbers numbers) {
    const Numbers room = numbers_in(room_).first(numbers.size());
    if (part.is_single()) {
      sorter_.sort(numbers, room);
      sorted_ += part.numbers;
      charge(In::sort);
      return;
    }
    const RankPart right = part.right();
    const auto left_size = static_cast<std::size_t>(part.left().numbers);
    const Numbers rest = numbers.subspan(left_size);
    comm_.send({bytes_of(rest)}, right.begin)->wait();
    charge(In::send);
    sort(part.left(), numbers.first(left_size));
    comm_.receive({bytes_of(rest)}, right.begin)->wait();
    charge(In::receive);
    paradigms::merge_parts(numbers.first(left_size), rest, room);
    std::ranges::copy(room, numbers.begin());
    charge(In::merge);
  }

  DivideAndConquer params_;
  Team& team_;
  Comm& comm_;
  RankOrigin origin_;
  Buffer numbers_, room_;
  MergeSorter sorter_;
  std::array<double, 4> spent_s_{};  ///< per phase
  double since_s_ = 0;
  std::int64_t sorted_ = 0;
};

}  // namespace

KernelEntry divide_and_conquer_entry() {
  return paradigm_entry<DivideAndConquer, SortPass>();
}

}  // namespace scalelaw::driver
