#include "drivers/pass/collectives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "drivers/cli/memory_check.hpp"
#include "drivers/cli/parameters.hpp"
#include "drivers/comm/together.hpp"
#include "drivers/pass/message_bytes.hpp"
#include "drivers/pass/times.hpp"
#include "drivers/record/session.hpp"

namespace scalelaw::driver {
namespace {

enum class Operation {
  barrier,
  allreduce,
  gather,
  broadcast,
  scatter,
  ping_pong,
  send,    ///< rank 0 starts a message to rank 1, which receives it later
  receive  ///< rank 0 receives a message of rank 1 that was sent before
};
constexpr auto enum_names(Operation) {
  return std::array<std::string_view, 8>{"barrier", "allreduce", "gather", "broadcast",
                                         "scatter", "ping_pong", "send",   "receive"};
}

/// Whether only ranks 0 and 1 take part.
bool is_of_two(Operation operation) {
  return operation == Operation::ping_pong || operation == Operation::send ||
         operation == Operation::receive;
}

struct Params {
  Operation operation = Operation::allreduce;
  std::int64_t bytes = 8;

  static constexpr auto fields() {
    using P = Params;
    return std::tuple{
        Field<P, Operation>{"operation", &P::operation, "operation to time"},
        Field<P, std::int64_t>{"bytes", &P::bytes, "bytes per rank", 1, std::int64_t{1} << 40}};
  }
};

/// Allreduce sends values of this size, because a merge function has no length argument.
constexpr std::size_t lane = 256;

void xor_lane(void* into, const void* from) {
  auto* to = static_cast<unsigned char*>(into);
  const auto* with = static_cast<const unsigned char*>(from);
  for (std::size_t i = 0; i < lane; ++i) to[i] = static_cast<unsigned char>(to[i] ^ with[i]);
}
void xor_word(void* into, const void* from) {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::memcpy(&a, into, sizeof a);
  std::memcpy(&b, from, sizeof b);
  a ^= b;
  std::memcpy(into, &a, sizeof a);
}

/// The parameters as a run uses them: an allreduce takes whole values.
Params rounded(Params params) {
  if (params.operation == Operation::allreduce) {
    const auto size = static_cast<std::int64_t>(params.bytes <= 8 ? 8 : lane);
    params.bytes = (params.bytes + size - 1) / size * size;
  }
  return params;
}

/// The byte at index `i` of the data from rank `rank`.
std::byte pattern(int rank, std::size_t i) {
  return static_cast<std::byte>((i * 131 + static_cast<std::size_t>(rank) * 29 + 7) & 0xff);
}
MessageBytes pattern_bytes(int rank, std::int64_t size) {
  MessageBytes bytes(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = pattern(rank, i);
  return bytes;
}

/// One operation on buffers that all passes reuse.
class Exchange {
 public:
  /// `params`: as rounded() gives them.  `threads`: of this rank; all but one have nothing to do.
  Exchange(const Params& params, int threads, Comm& comm)
      : params_(params), threads_(threads), comm_(comm) {
    mine_ = pattern_bytes(comm.rank(), params_.bytes);
    if (params.operation == Operation::scatter && comm.is_root()) {
      for (int to = 0; to < comm.size(); ++to) shares_.push_back(pattern_bytes(to, params_.bytes));
    }
    is_player_ = is_of_two(params.operation) && comm.size() > 1 && comm.rank() < 2;
    const int sender = params.operation == Operation::receive ? 1 : 0;
    const bool gets =
        is_player_ && (params.operation == Operation::ping_pong || comm.rank() != sender);
    // Filled, not only resized, so that their pages exist before the first message.
    const bool gathers = params.operation == Operation::gather && comm.is_root();
    const bool takes = params.operation == Operation::scatter && !comm.is_root();
    for (int from = 0; gathers && from < comm.size(); ++from) received_.push_back(mine_);
    if (takes || gets) received_.push_back(mine_);
    // Made once: for each pass anew, they would take ten times as long as the messages.
    for (int from = 0; gathers && from < comm.size(); ++from) {
      expected_.push_back(pattern_bytes(from, params_.bytes));
    }
    if (params.operation == Operation::broadcast || gets)
      expected_.push_back(pattern_bytes(sender, params_.bytes));
  }

  PassTimes operator()(bool) {
    if (params_.operation == Operation::allreduce)
      mine_ = pattern_bytes(comm_.rank(), params_.bytes);
    spoil();
    PassTimes times;
    comm_.barrier();
    times.total_s = timed_s();
    times.phases_s = {times.total_s};
    times.computed_s = 0;
    times.busy_s.assign(static_cast<std::size_t>(threads_), 0.0);
    check();
    return times;
  }

  [[nodiscard]] std::vector<Fact> facts() const {
    std::vector<Fact> out{{"operation", std::string(to_string(params_.operation))},
                          {"bytes", std::to_string(params_.bytes)}};
    if (params_.operation == Operation::send) {
      out.push_back({"sent_ahead", sent_ahead_ ? "yes" : "no"});
    }
    return out;
  }

 private:
  /// Does the operation; the seconds that count of it, on this rank.
  double timed_s() {
    const bool alone = comm_.size() < 2;
    if (params_.operation == Operation::send && !alone) return send_s();
    if (params_.operation == Operation::receive && !alone) return receive_s();
    const double start_s = comm_.now_s();
    perform();
    return comm_.now_s() - start_s;
  }

  void perform() {
    switch (params_.operation) {
      case Operation::barrier:
        comm_.barrier();
        break;
      case Operation::allreduce:
        if (params_.bytes == 8) comm_.allreduce(mine_.data(), 8, &xor_word);
        for (std::size_t at = 0; params_.bytes > 8 && at < mine_.size(); at += lane) {
          comm_.allreduce(mine_.data() + at, lane, &xor_lane);
        }
        break;
      case Operation::gather:
        gather();
        break;
      case Operation::broadcast:
        told_ = comm_.broadcast(comm_.is_root() ? Bytes(mine_.begin(), mine_.end()) : Bytes{});
        break;
      case Operation::scatter:
        scatter();
        break;
      case Operation::ping_pong:
        if (is_player_) ping_pong();
        break;
      case Operation::send:
      case Operation::receive:
        break;  // timed_s()
    }
  }

  /// Overwrites the buffers, so that check() detects a message of this pass that did not arrive.
  void spoil() {
    if (!told_.empty()) told_[0] ^= std::byte{0xff};
    const std::size_t own = params_.operation == Operation::gather ? 1 : 0;  // the root's own share
    for (std::size_t i = own; i < received_.size(); ++i) {
      if (!received_[i].empty()) received_[i][0] ^= std::byte{0xff};
    }
  }

  /// Gathers into reused buffers, to time the network without the cost of allocating memory.
  void gather() {
    if (!comm_.is_root()) {
      comm_.send({Piece(mine_)}, 0)->wait();
      return;
    }
    std::vector<std::unique_ptr<Transfer>> arriving;
    for (int from = 1; from < comm_.size(); ++from) {
      arriving.push_back(comm_.receive({Piece(received_[static_cast<std::size_t>(from)])}, from));
    }
    for (const auto& transfer : arriving) transfer->wait();
  }

  void scatter() {
    if (!comm_.is_root()) {
      comm_.receive({Piece(received_[0])}, 0)->wait();
      return;
    }
    std::vector<std::unique_ptr<Transfer>> leaving;
    for (int to = 1; to < comm_.size(); ++to) {
      leaving.push_back(comm_.send({Piece(shares_[static_cast<std::size_t>(to)])}, to));
    }
    for (const auto& transfer : leaving) transfer->wait();
  }

  /// There and back between ranks 0 and 1: rank 1 returns what it got.
  void ping_pong() {
    Piece arriving(received_[0]);
    if (comm_.is_root()) {
      comm_.send({Piece(mine_)}, 1)->wait();
      comm_.receive({arriving}, 1)->wait();
    } else {
      comm_.receive({arriving}, 0)->wait();
      comm_.send({arriving}, 0)->wait();
    }
  }

  /// Whether a message leaves although nobody receives it yet.
  static bool leaves(Transfer& transfer) {
    constexpr int often = 1000;  // a library may need some calls to hand it to the network
    for (int i = 0; i < often; ++i) {
      if (transfer.test()) return true;
    }
    return false;
  }

  /// The seconds that rank 0 takes to start a message, which rank 1 receives only then.
  double send_s() {
    if (!comm_.is_root()) {
      comm_.barrier();
      if (is_player_) comm_.receive({Piece(received_[0])}, 0)->wait();
      return 0;
    }
    const double start_s = comm_.now_s();
    const auto leaving = comm_.send({Piece(mine_)}, 1);
    const double seconds = comm_.now_s() - start_s;
    sent_ahead_ = leaves(*leaving);
    comm_.barrier();
    leaving->wait();
    return seconds;
  }

  /// The seconds that rank 0 takes to receive a message that is there already, if its sender could
  /// send it ahead: messages between two ranks keep their order, and the barrier is behind it.
  double receive_s() {
    if (comm_.rank() == 1) {
      const auto leaving = comm_.send({Piece(mine_)}, 0);
      (void)leaves(*leaving);
      comm_.barrier();
      leaving->wait();
      return 0;
    }
    comm_.barrier();
    if (!is_player_) return 0;
    const double start_s = comm_.now_s();
    comm_.receive({Piece(received_[0])}, 1)->wait();
    return comm_.now_s() - start_s;
  }

  /// Errors: throws Error when the received bytes differ from those sent.
  void check() const {
    bool right = true;
    switch (params_.operation) {
      case Operation::barrier:
        break;
      case Operation::allreduce:
        for (std::size_t i = 0; i < mine_.size(); ++i) right = right && mine_[i] == reduced(i);
        break;
      case Operation::broadcast:
        right = std::ranges::equal(told_, expected_[0]);
        break;
      case Operation::gather:
      case Operation::ping_pong:
      case Operation::send:
      case Operation::receive:
        right = received_ == expected_;
        break;
      case Operation::scatter:
        right = comm_.is_root() || received_[0] == mine_;
        break;
    }
    if (!right) throw Error(fmt::format("rank {} received wrong bytes", comm_.rank()));
  }

  [[nodiscard]] std::byte reduced(std::size_t i) const {
    std::byte value{};
    for (int rank = 0; rank < comm_.size(); ++rank) value ^= pattern(rank, i);
    return value;
  }

  Params params_;
  int threads_;
  Comm& comm_;
  MessageBytes mine_;
  std::vector<MessageBytes> shares_;
  std::vector<MessageBytes> received_;
  Bytes told_;                          ///< by the root, in a broadcast
  std::vector<MessageBytes> expected_;  ///< after a gather, a broadcast or a ping-pong
  bool is_player_ = false;              ///< one of the two of is_of_two()
  bool sent_ahead_ = false;             ///< the last message left before it was received
};

Work work_of(const Params& params) {
  const auto bytes = static_cast<double>(params.bytes);
  // No items: none are distributed to ranks, and the records show none.
  return {.operations = bytes, .amount = bytes, .unit = "bytes"};
}

/// What a pass sends; nothing where it is timed in part.
std::optional<std::vector<Communication>> communication_of(const Params& params) {
  using Steps = std::vector<Communication>;
  const auto bytes = static_cast<double>(params.bytes);
  const auto one = [](Collective operation, double rank_bytes, std::int64_t count = 1) {
    return Communication{
        .phase = "exchange", .operation = operation, .rank_bytes = rank_bytes, .count = count};
  };
  switch (params.operation) {
    case Operation::barrier:
      return Steps{one(Collective::barrier, 0)};
    case Operation::allreduce:
      if (params.bytes == 8) return Steps{one(Collective::allreduce, 8)};
      return Steps{
          one(Collective::allreduce, lane, params.bytes / static_cast<std::int64_t>(lane))};
    case Operation::gather:
      return Steps{one(Collective::gather, bytes)};
    case Operation::broadcast:  // the size first
      return Steps{one(Collective::broadcast, sizeof(std::int64_t)),
                   one(Collective::broadcast, bytes)};
    case Operation::scatter:
      return Steps{one(Collective::scatter, bytes)};
    case Operation::ping_pong:
      return Steps{one(Collective::ping_pong, bytes)};
    case Operation::send:
    case Operation::receive:
      break;
  }
  return std::nullopt;
}

PassNature nature_of(const Params& params) {
  return {.communication = communication_of(params)};
}

BoundKernel bind(CLI::App& app) {
  auto params = std::make_shared<Params>();
  add_fields(app, *params);
  const auto describe = [params](const Options&) {
    return nlohmann::json{
        {"kernel", "collectives"},
        {"params", fields_to_json(rounded(*params))},
        {"size_parameter", "bytes"},
        {"work", to_json(work_of(rounded(*params)), nature_of(rounded(*params)))}};
  };
  const auto run = [params](const Identity& identity, const Options& options, Team& team,
                            Comm& comm) {
    const Params used = rounded(*params);
    // What each rank sends, what it receives, and a copy for the check.
    check_memory(3.0 * comm.size() * static_cast<double>(used.bytes), 0, options, comm);
    std::shared_ptr<Exchange> exchange;
    together(comm, [&] { exchange = std::make_shared<Exchange>(used, team.size(), comm); });
    Subject subject;
    subject.kernel = "collectives";
    subject.params = fields_to_json(used);
    subject.phases = {{"exchange", Role::transfer}};
    subject.work = work_of(used);
    subject.nature = nature_of(used);
    subject.pass = [exchange](bool diagnostic) { return (*exchange)(diagnostic); };
    subject.facts = [exchange] { return exchange->facts(); };
    subject.verify = [] { return std::string(); };
    // Whether a message leaves ahead may depend on the network's state.
    if (used.operation == Operation::send) subject.agreement = Agreement::sample;
    return measure(identity, options, subject, team, comm);
  };
  return {.params = [params] { return fields_to_json(*params); }, .describe = describe, .run = run};
}

}  // namespace

KernelEntry collectives_entry() {
  return {.name = "collectives",
          .summary = "latency and bandwidth of the collective operations in kernels' passes",
          .fields = describe_fields<Params>,
          .size_parameter = "bytes",
          .schedule = {},
          .needs_ranks = true,
          .options = no_options,
          .bind = bind};
}

}  // namespace scalelaw::driver
