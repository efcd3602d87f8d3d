#include "drivers/comm/undelayed_sockets.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "common/open_files.hpp"

namespace scalelaw::driver {
void send_small_messages_at_once() {
  const int on = 1;
  for (const int file : open_files()) {
    // Fails where the file is no TCP socket, which is as well.
    setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
}

}  // namespace scalelaw::driver
