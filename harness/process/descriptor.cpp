#include "harness/process/descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

/// `fd` itself, or a copy in its place: a pipe numbered 0 to 2 would be overwritten when a child
/// gets its standard streams.
Descriptor above_standard(int fd) {
  if (fd < 0 || fd > STDERR_FILENO) return Descriptor(fd);
  const Descriptor low(fd);
  return Descriptor(fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

}  // namespace

void Descriptor::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Pipe make_pipe() {
  std::array<int, 2> ends{-1, -1};
  const bool made = pipe2(ends.data(), O_CLOEXEC) == 0;
  Pipe pipe{above_standard(ends[0]), above_standard(ends[1])};
  if (made && pipe.read.open() && pipe.write.open()) return pipe;
  throw Error(std::string("cannot make a pipe: ") + std::strerror(errno),
              "raise the limit of open files (ulimit -n)");
}

Descriptor open_nothing() {
  return above_standard(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace scalelaw::harness
