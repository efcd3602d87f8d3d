// A library to preload: shifts the system's clock (CLOCK_REALTIME) by the seconds in the file that SHIFTED_CLOCK names,
// from the moment that somebody writes them there, as when an administrator sets the clock.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>

namespace {

long shift_s() {
  const char* path = std::getenv("SHIFTED_CLOCK");
  if (path == nullptr) return 0;
  const int before = errno;
  std::array<char, 32> text{};
  const auto file = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC));
  if (file >= 0) {
    (void)::syscall(SYS_read, file, text.data(), text.size() - 1);
    ::syscall(SYS_close, file);
  }
  errno = before;
  return std::strtol(text.data(), nullptr, 10);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, struct timespec* now) {
  static auto* const real =
      reinterpret_cast<int (*)(clockid_t, struct timespec*)>(::dlsym(RTLD_NEXT, "clock_gettime"));
  const int status = real(clock, now);
  if (status == 0 && clock == CLOCK_REALTIME) now->tv_sec += shift_s();
  return status;
}

int gettimeofday(struct timeval* now, void* zone) {
  static auto* const real =
      reinterpret_cast<int (*)(struct timeval*, void*)>(::dlsym(RTLD_NEXT, "gettimeofday"));
  const int status = real(now, zone);
  if (status == 0) now->tv_sec += shift_s();
  return status;
}

time_t time(time_t* also) {
  struct timespec now {};
  clock_gettime(CLOCK_REALTIME, &now);
  if (also != nullptr) *also = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
