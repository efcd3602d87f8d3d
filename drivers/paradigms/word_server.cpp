#include "drivers/paradigms/word_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <limits>
#include <list>
#include <random>
#include <system_error>

#include "drivers/comm/comm.hpp"
#include "drivers/paradigms/word_client.hpp"

namespace scalelaw::driver {
namespace {

using paradigms::TaskBatch;
using paradigms::TaskValues;

[[noreturn]] void no_server(const char* what) {
  throw Error(fmt::format("cannot start the server of network tasks: {}: {}", what,
                          std::generic_category().message(errno)),
              "see whether the system allows sockets and processes (ulimit -n, ulimit -u)");
}

/// A client's connection: it says the token, and then asks for words, one request after the other.
class Connection {
 public:
  Connection(Descriptor socket, const TaskValues& values, double latency_s, std::uint64_t token)
      : socket_(std::move(socket)), values_(values), latency_s_(latency_s), token_(token) {}

  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] short events() const {
    if (state_ == State::waiting) return 0;
    return state_ == State::answering ? POLLOUT : POLLIN;
  }
  /// When its answer is due; infinity when none is.
  [[nodiscard]] double due_s() const {
    return state_ == State::waiting ? due_s_ : std::numeric_limits<double>::infinity();
  }

  /// Does what can be done without waiting.  Returns false when the connection is over.
  bool go_on(short happened, double now_s) {
    if (state_ == State::waiting && now_s >= due_s_) state_ = State::answering;
    if (state_ == State::answering) return answer();
    if (happened == 0) return true;
    return listen(now_s);
  }

 private:
  enum class State { greeting, asking, waiting, answering };

  bool listen(double now_s) {
    const std::size_t wanted = state_ == State::greeting ? sizeof token_ : sizeof request_;
    auto* const into = state_ == State::greeting ? reinterpret_cast<std::byte*>(&greeting_)
                                                 : reinterpret_cast<std::byte*>(&request_);
    const ssize_t n = recv(socket(), into + got_, wanted - got_, 0);
    if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EINTR);
    got_ += static_cast<std::size_t>(n);
    if (got_ < wanted) return true;
    got_ = 0;
    if (state_ == State::greeting) {
      state_ = State::asking;
      return greeting_ == token_ && send(socket(), &token_, sizeof token_, MSG_NOSIGNAL) > 0;
    }
    if (request_.first < 0 || request_.first >= values_.working_set_words() || request_.words < 0) {
      return false;
    }
    due_s_ = now_s + latency_s_;
    state_ = State::waiting;
    return latency_s_ > 0 || go_on(0, now_s);
  }

  /// Sends words until the socket takes no more.
  bool answer() {
    for (;;) {
      if (sent_ == ready_) {
        if (request_.words == 0) break;
        prepare_words();
      }
      const auto* const from = reinterpret_cast<const std::byte*>(words_.data());
      const ssize_t n = send(socket(), from + sent_, ready_ - sent_, MSG_NOSIGNAL);
      if (n < 0) return errno == EAGAIN || errno == EINTR;
      sent_ += static_cast<std::size_t>(n);
    }
    state_ = State::asking;
    return true;
  }

  void prepare_words() {
    const std::int64_t all = values_.working_set_words();
    const auto n = std::min(request_.words, static_cast<std::int64_t>(words_.size()));
    for (std::int64_t i = 0; i < n; ++i) {
      words_[static_cast<std::size_t>(i)] = values_.word(request_.first);
      if (++request_.first == all) request_.first = 0;
    }
    request_.words -= n;
    sent_ = 0;
    ready_ = static_cast<std::size_t>(n) * sizeof(std::uint64_t);
  }

  Descriptor socket_;
  const TaskValues& values_;
  double latency_s_;
  std::uint64_t token_;
  State state_ = State::greeting;
  std::uint64_t greeting_ = 0;
  WordRequest request_;
  std::size_t got_ = 0;  ///< bytes of the greeting or request
  double due_s_ = 0;
  std::array<std::uint64_t, 8192> words_{};
  std::size_t sent_ = 0, ready_ = 0;  ///< bytes of words_
};

/// How long poll may wait: until the first answer is due.
timespec time_until(const std::list<Connection>& connections, double now_s) {
  double due_s = now_s + 1;
  for (const Connection& one : connections) due_s = std::min(due_s, one.due_s());
  const double left_s = std::max(0.0, due_s - now_s);
  return {.tv_sec = static_cast<time_t>(left_s),
          .tv_nsec = static_cast<long>((left_s - std::floor(left_s)) * 1e9)};
}

Descriptor listening_socket(bool only_here) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(only_here ? INADDR_LOOPBACK : INADDR_ANY);
  if (socket.get() < 0 ||
      bind(socket.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0 ||
      listen(socket.get(), SOMAXCONN) != 0) {
    no_server("no socket");
  }
  return socket;
}

int port_of(int socket) {
  sockaddr_in here{};
  socklen_t size = sizeof here;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&here), &size) != 0) no_server("no port");
  return ntohs(here.sin_port);
}

/// The IPv4 addresses of this host that others may reach.
std::vector<std::string> addresses_of_this_host() {
  std::vector<std::string> out;
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) no_server("no address");
  for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
    if ((one->ifa_flags & IFF_UP) == 0 || (one->ifa_flags & IFF_LOOPBACK) != 0) continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    const auto* const address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
    inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size());
    out.emplace_back(text.data());
  }
  freeifaddrs(all);
  out.emplace_back("127.0.0.1");  // for the ranks of this host
  return out;
}

/// Keeps two descriptors, as numbers 3 and 4, and nothing else that the driver has open: its
/// connections to other ranks end when the driver does, not when this process does.
void keep_only(int listener, int lifeline) {
  const int nowhere = open("/dev/null", O_RDWR);
  const int moved = fcntl(listener, F_DUPFD, 5), moved_line = fcntl(lifeline, F_DUPFD, 5);
  for (const int standard : {0, 1, 2}) dup2(nowhere, standard);
  dup2(moved, 3);
  dup2(moved_line, 4);
  close_range(5, std::numeric_limits<unsigned>::max(), 0);
}

/// The driver's thread may be bound to a core, which this process must not take from it.
void run_anywhere() {
  cpu_set_t all;
  CPU_ZERO(&all);
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) CPU_SET(cpu, &all);
  sched_setaffinity(0, sizeof all, &all);
}

}  // namespace

void serve_words(int listener, int lifeline, const TaskBatch& params, std::uint64_t token) {
  const TaskValues values(params);
  const double latency_s = static_cast<double>(params.latency_us) * 1e-6;
  std::list<Connection> connections;
  std::vector<pollfd> polled;
  for (;;) {
    polled.assign({{.fd = lifeline, .events = POLLIN, .revents = 0},
                   {.fd = listener, .events = POLLIN, .revents = 0}});
    for (const Connection& one : connections) {
      polled.push_back({.fd = one.socket(), .events = one.events(), .revents = 0});
    }
    const timespec timeout = time_until(connections, steady_now_s());
    if (ppoll(polled.data(), polled.size(), &timeout, nullptr) < 0 && errno != EINTR) return;
    if (polled[0].revents != 0) return;
    const double now_s = steady_now_s();
    auto happened = polled.begin() + 2;
    for (auto one = connections.begin(); one != connections.end(); ++happened) {
      one = one->go_on(happened->revents, now_s) ? std::next(one) : connections.erase(one);
    }
    if (polled[1].revents == 0) continue;
    Descriptor socket(accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.get() < 0) continue;
    const int yes = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connections.emplace_back(std::move(socket), values, latency_s, token);
  }
}

WordServer::WordServer(const TaskBatch& params, bool only_here) {
  const Descriptor listener = listening_socket(only_here);
  std::random_device random;
  place_ = {
      .addresses = only_here ? std::vector<std::string>{"127.0.0.1"} : addresses_of_this_host(),
      .port = port_of(listener.get()),
      .token = std::uint64_t{random()} << 32 | random()};
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) no_server("no pipe");
  const Descriptor other_end(pipe[0]);
  lifeline_ = Descriptor(pipe[1]);
  process_ = fork();
  if (process_ < 0) no_server("no process");
  if (process_ > 0) return;
  // The new process starts no threads, and calls neither MPI nor OpenMP.
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  keep_only(listener.get(), other_end.get());
  run_anywhere();
  try {
    serve_words(3, 4, params, place_.token);
  } catch (...) {
    _exit(1);
  }
  _exit(0);
}

WordServer::~WordServer() {
  lifeline_ = Descriptor();
  if (process_ > 0) waitpid(process_, nullptr, 0);
}

}  // namespace scalelaw::driver
