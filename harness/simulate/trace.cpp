#include "harness/simulate/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "common/error.hpp"
#include "common/quantity.hpp"

namespace scalelaw::harness {
namespace {

/// A message's size as a trace writes it: a count, and the number of a datatype.
struct Size {
  std::int64_t count = 0;
  int datatype = 0;
};

/// Counts have 32 bits, so larger messages are of doubles.
/// Errors: throws Error for a message of too many doubles.
Size size_of(double bytes) {
  constexpr int doubles = 0, single_bytes = 6;
  constexpr double most = std::numeric_limits<std::int32_t>::max();
  if (bytes <= most) return {std::llround(bytes), single_bytes};
  if (bytes <= most * sizeof(double)) return {std::llround(bytes / sizeof(double)), doubles};
  throw Error(
      fmt::format("a message of {} cannot be simulated, as it has more than 2^31 - 1 doubles",
                  format_bytes(bytes)),
      "simulate a smaller size");
}

std::string size_text(double bytes) {
  const Size size = size_of(bytes);
  return fmt::format("{} {}", size.count, size.datatype);
}

/// The size in the action of a collective, with what stands between its count and its datatype: a
/// second number.
std::string collective_text(const char* name, double bytes) {
  const Size size = size_of(bytes);
  return fmt::format("{} {} 0 {}", name, size.count, size.datatype);
}

/// Writes one rank's actions.
class Writer {
 public:
  Writer(const PassCosts& costs, std::int64_t rank, std::int64_t ranks, double slower)
      : costs_(costs), rank_(rank), ranks_(ranks), slower_(slower) {
    line("init");
  }

  void pass(std::int32_t number, bool with_barrier, const PassCosts::Rank& measured) {
    at_ = {.pass = number, .phase = LoggedAction::no_phase};
    if (with_barrier) action("barrier");
    for (std::size_t i = 0; i < costs_.phases.size(); ++i) {
      at_.phase = static_cast<std::int32_t>(i);
      for (const ExchangeStep& step : costs_.exchange) {
        if (step.phase != i) continue;
        for (std::int64_t n = 0; n < step.count; ++n) exchange(step);
      }
      const double seconds = costs_.seconds(measured, i, rank_, ranks_);
      action(fmt::format("compute {:.0f}", seconds * slower_ * flops_per_s));
    }
  }

  Trace take() {
    line("finalize");
    return std::move(out_);
  }

 private:
  void line(const std::string& text) {
    fmt::format_to(std::back_inserter(out_.text), "{} {}\n", rank_, text);
  }

  void action(const std::string& text) {
    line(text);
    out_.logged.push_back(at_);
  }

  void send(std::int64_t to, double bytes) {
    action(fmt::format("send {} 0 {}", to, size_text(bytes)));
  }
  void receive(std::int64_t from, double bytes) {
    action(fmt::format("recv {} 0 {}", from, size_text(bytes)));
  }

  /// Whether a rank is on the root's node, which the first ranks fill.
  [[nodiscard]] bool is_beside_root(std::int64_t rank) const {
    return rank < std::ssize(costs_.root.front().front());
  }

  /// The bytes of a message between the root and the ranks from `rank` on.
  double bytes_of(const ExchangeStep& step, std::int64_t rank, std::int64_t count = 1) const {
    return step.message_bytes(costs_.shares.part(rank, ranks_, count), is_beside_root(rank));
  }

  /// Starts a message between the root and each other rank, and waits for all of them.
  void start_all(const char* what, const ExchangeStep& step) {
    for (std::int64_t other = 1; other < ranks_; ++other) {
      action(fmt::format("{} {} 0 {}", what, other, size_text(bytes_of(step, other))));
    }
    action("waitall");
  }

  /// As drivers combine partial results along a binomial tree: each rank sends once, to its parent.
  void reduce(const ExchangeStep& step) {
    const auto bytes = [&](std::int64_t rank, std::int64_t width) {
      return bytes_of(step, rank, std::min(width, ranks_ - rank));
    };
    for (std::int64_t width = 1; width < ranks_; width *= 2) {
      if ((rank_ & width) != 0) return send(rank_ - width, bytes(rank_, width));
      if (rank_ + width < ranks_) receive(rank_ + width, bytes(rank_ + width, width));
    }
  }

  void exchange(const ExchangeStep& step) {
    const bool is_root = rank_ == 0;
    const double bytes = step.message_bytes(1 / static_cast<double>(ranks_));  // equal parts
    switch (step.operation) {
      case Operation::barrier:
        return action("barrier");
      case Operation::allreduce:
        return action(collective_text("allreduce", bytes));
      case Operation::broadcast:
        return action(collective_text("bcast", bytes));
      case Operation::reduce:
        return reduce(step);
      case Operation::scatter:
        return is_root ? start_all("isend", step) : receive(0, bytes_of(step, rank_));
      case Operation::gather:
        return is_root ? start_all("irecv", step) : send(0, bytes_of(step, rank_));
      case Operation::ping_pong:
        return ping_pong(bytes);
      case Operation::send:
        return start_only(bytes);
      case Operation::receive:
        return receive_only(bytes);
    }
  }

  void ping_pong(double bytes) {
    if (rank_ > 1) return;
    const std::int64_t other = 1 - rank_;
    if (rank_ == 0) send(other, bytes);
    receive(other, bytes);
    if (rank_ == 1) send(other, bytes);
  }

  /// An action that no phase has the time of.
  void aside(const std::string& text) {
    const std::int32_t phase = std::exchange(at_.phase, LoggedAction::no_phase);
    action(text);
    at_.phase = phase;
  }

  void start_only(double bytes) {
    if (rank_ == 0) action(fmt::format("isend 1 0 {}", size_text(bytes)));
    aside("barrier");
    if (rank_ == 0) aside("waitall");
    if (rank_ == 1) aside(fmt::format("recv 0 0 {}", size_text(bytes)));
  }

  void receive_only(double bytes) {
    constexpr double long_s = 100;  // longer than any message is on its way
    if (rank_ == 1) aside(fmt::format("isend 0 0 {}", size_text(bytes)));
    aside("barrier");
    if (rank_ == 0) aside(fmt::format("compute {:.0f}", long_s * slower_ * flops_per_s));
    if (rank_ == 0) receive(1, bytes);
    if (rank_ == 1) aside("waitall");
  }

  const PassCosts& costs_;
  std::int64_t rank_;
  std::int64_t ranks_;
  double slower_;
  LoggedAction at_;
  Trace out_;
};

/// Source: Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014
/// (SplitMix64's mixing function).
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// A launch, and one of its samples.
const PassCosts::Node& drawn(const std::vector<PassCosts::Samples>& launches, const Draws& draws,
                             std::int64_t node, std::int64_t pass) {
  const PassCosts::Samples& samples = launches[draws.of(node, pass, launches.size())];
  return samples[Draws{~draws.seed}.of(node, pass, samples.size())];
}

}  // namespace

std::size_t Draws::of(std::int64_t node, std::int64_t pass, std::size_t count) const {
  const std::uint64_t a = mixed(seed ^ mixed(static_cast<std::uint64_t>(pass)));
  return mixed(a ^ mixed(static_cast<std::uint64_t>(node))) % count;
}

Trace trace_of(const PassCosts& costs, std::int64_t rank, std::int64_t ranks, std::int64_t passes,
               const Draws& draws, double slower) {
  Writer writer(costs, rank, ranks, slower);
  const auto of_node = std::ssize(costs.root.front().front());
  const std::int64_t node = rank / of_node;
  const auto place = static_cast<std::size_t>(rank % of_node);
  const auto& measured = node == 0 ? costs.root : costs.others;
  for (std::int64_t pass = 0; pass < passes; ++pass) {
    writer.pass(static_cast<std::int32_t>(pass), ranks > 1 && passes > 1,
                drawn(measured, draws, node, pass)[place]);
  }
  return writer.take();
}

}  // namespace scalelaw::harness
