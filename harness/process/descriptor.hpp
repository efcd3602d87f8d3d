#pragma once

#include <utility>

namespace scalelaw::harness {

/// A file descriptor, closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_;
};

struct Pipe {
  Descriptor read, write;
};

/// A pipe that no program inherits, with numbers above the standard streams' even where those are
/// closed.
/// Errors: throws Error when the operating system gives none.
Pipe make_pipe();

/// /dev/null for reading, likewise; closed when it cannot be opened.
Descriptor open_nothing();

}  // namespace scalelaw::harness
