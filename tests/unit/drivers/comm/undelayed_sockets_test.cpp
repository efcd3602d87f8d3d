#include "drivers/comm/undelayed_sockets.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace scalelaw::driver {
namespace {

bool is_undelayed(int socket) {
  int on = 0;
  socklen_t size = sizeof on;
  EXPECT_EQ(getsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
  return on != 0;
}

TEST(UndelayedSockets, AreAllOfTcpAndNoOthers) {
  const int first = socket(AF_INET, SOCK_STREAM, 0);
  std::array<int, 2> local{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, local.data()), 0);
  const int second = socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_TRUE(first >= 0 && second >= 0);
  EXPECT_FALSE(is_undelayed(first));
  send_small_messages_at_once();
  EXPECT_TRUE(is_undelayed(first));
  EXPECT_TRUE(is_undelayed(second));
  for (const int file : {first, second, local[0], local[1]}) EXPECT_EQ(close(file), 0);
}

}  // namespace
}  // namespace scalelaw::driver
