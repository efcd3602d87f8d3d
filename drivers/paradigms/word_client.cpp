#include "drivers/paradigms/word_client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "drivers/comm/run_failure.hpp"

namespace scalelaw::driver {
namespace {

constexpr int patience_ms = 2000;  ///< for one address

bool wait_for(int socket, short events, int timeout_ms) {
  pollfd one{.fd = socket, .events = events, .revents = 0};
  return poll(&one, 1, timeout_ms) == 1;
}

/// A connection to an address; -1 when there is none in time.
Descriptor connected(const std::string& address, int port) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  if (socket.get() < 0 || inet_pton(AF_INET, address.c_str(), &to.sin_addr) != 1)
    return Descriptor();
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    if (errno != EINPROGRESS || !wait_for(socket.get(), POLLOUT, patience_ms)) return Descriptor();
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return Descriptor();
  }
  fcntl(socket.get(), F_SETFL, fcntl(socket.get(), F_GETFL) & ~O_NONBLOCK);
  const int yes = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return socket;
}

/// Whether the one at the other end is the server that the token is of.
bool greets(int socket, std::uint64_t token) {
  if (send(socket, &token, sizeof token, MSG_NOSIGNAL) != sizeof token) return false;
  std::uint64_t back = 0;
  return wait_for(socket, POLLIN, patience_ms) &&
         recv(socket, &back, sizeof back, MSG_WAITALL) == sizeof back && back == token;
}

[[noreturn]] void lost(const char* what, int error) {
  throw RunFailure(
      fmt::format("the connection to the server of network tasks {}: {}", what,
                  error == 0 ? "it was closed" : std::generic_category().message(error)),
      "see whether rank 0 has ended, and whether the network works");
}

}  // namespace

WordClient::WordClient(const ServerPlace& place) {
  for (const std::string& address : place.addresses) {
    socket_ = connected(address, place.port);
    if (socket_.get() >= 0 && greets(socket_.get(), place.token)) return;
  }
  throw Error(fmt::format("cannot reach the server of network tasks at {}, port {}",
                          fmt::join(place.addresses, " or "), place.port),
              "let hosts connect to each other, or use ranks of one host");
}

std::uint64_t WordClient::ask(const WordRequest& request,
                              const std::function<void()>& meanwhile) const {
  if (send(socket_.get(), &request, sizeof request, MSG_NOSIGNAL) != sizeof request) {
    lost("failed", errno);
  }
  std::array<std::uint64_t, 8192> words;
  auto* const bytes = reinterpret_cast<std::byte*>(words.data());
  std::uint64_t sum = 0;
  std::size_t left = static_cast<std::size_t>(request.words) * sizeof(std::uint64_t);
  for (std::size_t held = 0; left > 0;) {
    while (meanwhile && !wait_for(socket_.get(), POLLIN, 1)) meanwhile();
    const ssize_t n = recv(socket_.get(), bytes + held, std::min(left, sizeof words - held), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) lost("failed", n < 0 ? errno : 0);
    left -= static_cast<std::size_t>(n);
    held += static_cast<std::size_t>(n);
    const std::size_t whole = held / sizeof(std::uint64_t);
    for (std::size_t i = 0; i < whole; ++i) sum += words[i];
    std::memmove(bytes, bytes + whole * sizeof(std::uint64_t), held % sizeof(std::uint64_t));
    held %= sizeof(std::uint64_t);
  }
  return sum;
}

}  // namespace scalelaw::driver
