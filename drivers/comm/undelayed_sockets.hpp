#pragma once

namespace scalelaw::driver {

/// Has the TCP sockets of this process send what is small at once (TCP_NODELAY), and not wait until
/// the other side has acknowledged what came before.  Other open files stay as they are.
/// Errors: none; a socket that refuses stays as it was.
void send_small_messages_at_once();

}  // namespace scalelaw::driver
