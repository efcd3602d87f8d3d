#include "harness/store/regular_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

/// Repeats a system call until no signal interrupts it.
template <class Call>
auto uninterrupted(const Call& call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

}  // namespace

RegularFile::RegularFile(std::string path, int flags, std::string hint)
    : path_(std::move(path)), hint_(std::move(hint)) {
  descriptor_ = uninterrupted(
      [&] { return ::open(path_.c_str(), flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644); });
  if (descriptor_ < 0) fail(std::strerror(errno));
  struct stat status {};
  const bool known = ::fstat(descriptor_, &status) == 0;
  if (known && S_ISREG(status.st_mode)) return;
  ::close(descriptor_);
  fail(known && S_ISDIR(status.st_mode) ? "this is a folder, not a regular file"
                                        : "this is not a regular file");
}

RegularFile::RegularFile(RegularFile&& other) noexcept
    : path_(std::move(other.path_)),
      hint_(std::move(other.hint_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

RegularFile::~RegularFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void RegularFile::fail(const std::string& what) const {
  throw Error(fmt::format("{}: {}", path_, what), hint_);
}

std::int64_t RegularFile::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail(std::strerror(errno));
  return status.st_size;
}

std::size_t RegularFile::read_at(std::int64_t offset, char* to, std::size_t bytes) const {
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t got = uninterrupted([&] {
      return ::pread(descriptor_, to + done, bytes - done, offset + static_cast<off_t>(done));
    });
    if (got < 0) fail(std::strerror(errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void RegularFile::write_at(std::int64_t offset, std::string_view text) const {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t put = uninterrupted([&] {
      return ::pwrite(descriptor_, text.data() + done, text.size() - done,
                      offset + static_cast<off_t>(done));
    });
    if (put < 0) fail(std::strerror(errno));
    done += static_cast<std::size_t>(put);
  }
}

void RegularFile::cut_to(std::int64_t size) const {
  if (uninterrupted([&] { return ::ftruncate(descriptor_, size); }) != 0) {
    fail(std::strerror(errno));
  }
}

void RegularFile::sync() const {
  // A signal can interrupt this while a network file system writes.
  if (uninterrupted([&] { return ::fsync(descriptor_); }) == 0) return;
  if (errno != EINVAL && errno != ENOSYS) fail(std::strerror(errno));  // a system without fsync
}

std::string RegularFile::read_all(std::int64_t most_bytes) const {
  const std::int64_t bytes = size();
  if (bytes > most_bytes) {
    fail(fmt::format("it has {} MiB, more than {}", bytes >> 20, most_bytes >> 20));
  }
  std::string text(static_cast<std::size_t>(bytes), '\0');
  text.resize(read_at(0, text.data(), text.size()));
  return text;
}

}  // namespace scalelaw::harness
