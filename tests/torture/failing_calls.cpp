// A library to preload: counts the system calls of a campaign that may fail, and lets one of them fail.
//
//   FAILING_CALLS_FOLDER  the campaign's folder: calls for files in it are counted
//   FAILING_CALLS_STATE   another folder: the counters, shared by all processes, and the file "log"
//   FAILING_CALLS_AT      "harness:12": of the harness's calls, the twelfth fails; absent: none does
//
// Counted are the calls for files of the campaign, and calls without a file (fork, pipe2, execve) that the program
// itself makes, so that a library's own start does not count.  There are three roles, each with a counter of its own:
// the harness, its children before they become another program (supervisors), and drivers.
// A line of the log: ROLE, NUMBER, CALL, OBJECT, and the error's number where it failed; tabs between them.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr std::array<std::string_view, 3> roles{"harness", "child", "driver"};
using Counters = std::array<std::atomic<long>, roles.size()>;

std::string text_of(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? "" : text;
}

/// The target of a link in /proc; empty: it cannot be read.
std::string link_at(const std::string& path) {
  std::array<char, 4096> target{};
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  return {target.data(), size < 0 ? 0 : static_cast<std::size_t>(size)};
}

class Plan {
 public:
  Plan()
      : folder_(text_of("FAILING_CALLS_FOLDER")),
        state_(text_of("FAILING_CALLS_STATE")),
        at_(text_of("FAILING_CALLS_AT")),
        program_(link_at("/proc/self/exe")),
        pid_(::getpid()),
        launched_(!text_of("SCALELAW_LAUNCH").empty()) {
    if (folder_.empty() || state_.empty()) return;
    const std::string path = state_ + "/counters";
    const auto file = static_cast<int>(
        ::syscall(SYS_openat, AT_FDCWD, path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (::syscall(SYS_ftruncate, file, sizeof(Counters)) != 0) return;
    const long shared =
        ::syscall(SYS_mmap, nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::syscall(SYS_close, file);
    if (shared != -1) counters_ = reinterpret_cast<Counters*>(shared);
  }

  /// Counts a call for the file at `path`.  True: it is the one that fails, and errno says why.
  bool fails_for_path(const char* call, const char* path, int error) const {
    if (counters_ == nullptr || path == nullptr) return false;
    const std::string whole = *path == '/' ? path : link_at("/proc/self/cwd") + "/" + path;
    return whole.starts_with(folder_ + "/") && fails(call, whole, error);
  }

  bool fails_for_file(const char* call, int file, int error) const {
    if (counters_ == nullptr) return false;
    const std::string path = link_at("/proc/self/fd/" + std::to_string(file));
    return (path + "/").starts_with(folder_ + "/") && fails(call, path, error);
  }

  /// Counts a call without a file, if the program itself makes it, from the address `caller`.
  bool fails_for_program(const char* call, const void* caller, int error) const {
    if (counters_ == nullptr) return false;
    Dl_info at{};
    if (::dladdr(caller, &at) == 0 || at.dli_fname == nullptr) return false;
    const std::string_view file = at.dli_fname;
    const std::string_view name = file.substr(file.rfind('/') + 1);
    const bool own = std::string_view(program_).ends_with(name) && name.find(".so") == name.npos;
    return own && fails(call, "-", error);
  }

 private:
  [[nodiscard]] std::size_t role() const {
    if (launched_) return 2;
    return ::getpid() == pid_ ? 0 : 1;
  }

  bool fails(const char* call, const std::string& object, int error) const {
    const bool ours = program_.substr(program_.rfind('/') + 1).starts_with("scalelaw");
    if (!ours) return false;
    const std::size_t role = this->role();
    const long number = ++(*counters_)[role];
    const std::string here = std::string(roles[role]) + ":" + std::to_string(number);
    const bool failing = here == at_;
    std::string line =
        std::string(roles[role]) + "\t" + std::to_string(number) + "\t" + call + "\t" + object;
    if (failing) line += "\t" + std::to_string(error);
    note(line + "\n");
    if (failing) errno = error;
    return failing;
  }

  void note(const std::string& line) const {
    const int before = errno;
    const std::string path = state_ + "/log";
    const auto file = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path.c_str(),
                                                 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    (void)::syscall(SYS_write, file, line.data(), line.size());
    ::syscall(SYS_close, file);
    errno = before;
  }

  std::string folder_, state_, at_, program_;
  pid_t pid_;
  bool launched_;
  Counters* counters_ = nullptr;
};

const Plan& plan() {
  static const Plan the_plan;
  return the_plan;
}

/// Made before main(), in the process that the program begins as.
[[maybe_unused]] const Plan& early = plan();

/// The function that this library stands in front of.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

int error_of_open(int flags) {
  return (flags & O_CREAT) != 0 ? ENOSPC : EMFILE;
}

int error_of_mode(const char* mode) {
  return *mode == 'r' ? EMFILE : ENOSPC;
}

/// `call`, a name of open(); `mode` is read when a file may be made.
int opened(const char* call, const char* path, int flags, mode_t mode) {
  if (plan().fails_for_path("open", path, error_of_open(flags))) return -1;
  return real<int(const char*, int, ...)>(call)(path, flags, mode);
}

FILE* opened(const char* call, const char* path, const char* mode) {
  if (plan().fails_for_path("fopen", path, error_of_mode(mode))) return nullptr;
  return real<FILE*(const char*, const char*)>(call)(path, mode);
}

mode_t mode_in(int flags, va_list words) {
  return (flags & O_CREAT) != 0 ? va_arg(words, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list words;
  va_start(words, flags);
  const mode_t mode = mode_in(flags, words);
  va_end(words);
  return opened("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list words;
  va_start(words, flags);
  const mode_t mode = mode_in(flags, words);
  va_end(words);
  return opened("open64", path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  va_list words;
  va_start(words, flags);
  const mode_t mode = mode_in(flags, words);
  va_end(words);
  if (*path == '/' || folder == AT_FDCWD) return opened("open", path, flags, mode);
  return real<int(int, const char*, int, ...)>("openat")(folder, path, flags, mode);
}

FILE* fopen(const char* path, const char* mode) {
  return opened("fopen", path, mode);
}

FILE* fopen64(const char* path, const char* mode) {
  return opened("fopen64", path, mode);
}

int fclose(FILE* file) {
  const int number = ::fileno(file);
  const bool failing = number >= 0 && plan().fails_for_file("close", number, EIO);
  const int status = real<int(FILE*)>("fclose")(file);
  if (!failing) return status;
  errno = EIO;
  return EOF;
}

int close(int file) {
  const int before = errno;
  const bool failing = plan().fails_for_file("close", file, EIO);
  errno = before;
  const int status = real<int(int)>("close")(file);
  if (!failing) return status;
  errno = EIO;
  return -1;
}

ssize_t read(int file, void* to, size_t bytes) {
  if (plan().fails_for_file("read", file, EIO)) return -1;
  return real<ssize_t(int, void*, size_t)>("read")(file, to, bytes);
}

ssize_t pread(int file, void* to, size_t bytes, off_t at) {
  if (plan().fails_for_file("read", file, EIO)) return -1;
  return real<ssize_t(int, void*, size_t, off_t)>("pread")(file, to, bytes, at);
}

ssize_t write(int file, const void* from, size_t bytes) {
  if (plan().fails_for_file("write", file, ENOSPC)) return -1;
  return real<ssize_t(int, const void*, size_t)>("write")(file, from, bytes);
}

ssize_t writev(int file, const struct iovec* from, int count) {
  if (plan().fails_for_file("write", file, ENOSPC)) return -1;
  return real<ssize_t(int, const struct iovec*, int)>("writev")(file, from, count);
}

ssize_t pwrite(int file, const void* from, size_t bytes, off_t at) {
  if (plan().fails_for_file("write", file, ENOSPC)) return -1;
  return real<ssize_t(int, const void*, size_t, off_t)>("pwrite")(file, from, bytes, at);
}

int fsync(int file) {
  if (plan().fails_for_file("fsync", file, EIO)) return -1;
  return real<int(int)>("fsync")(file);
}

int ftruncate(int file, off_t size) {
  if (plan().fails_for_file("ftruncate", file, EIO)) return -1;
  return real<int(int, off_t)>("ftruncate")(file, size);
}

int flock(int file, int operation) {
  if (plan().fails_for_file("flock", file, ENOLCK)) return -1;
  return real<int(int, int)>("flock")(file, operation);
}

int rename(const char* from, const char* to) {
  if (plan().fails_for_path("rename", to, EIO)) return -1;
  return real<int(const char*, const char*)>("rename")(from, to);
}

int link(const char* from, const char* to) {
  if (plan().fails_for_path("link", to, EIO)) return -1;
  return real<int(const char*, const char*)>("link")(from, to);
}

int mkdir(const char* path, mode_t mode) {
  if (plan().fails_for_path("mkdir", path, ENOSPC)) return -1;
  return real<int(const char*, mode_t)>("mkdir")(path, mode);
}

int unlink(const char* path) {
  if (plan().fails_for_path("unlink", path, EIO)) return -1;
  return real<int(const char*)>("unlink")(path);
}

int remove(const char* path) {
  if (plan().fails_for_path("unlink", path, EIO)) return -1;
  return real<int(const char*)>("remove")(path);
}

int mkstemp(char* path) {
  if (plan().fails_for_path("open", path, ENOSPC)) return -1;
  return real<int(char*)>("mkstemp")(path);
}

pid_t fork() {
  if (plan().fails_for_program("fork", __builtin_return_address(0), EAGAIN)) return -1;
  return real<pid_t()>("fork")();
}

int pipe2(int* ends, int flags) {
  if (plan().fails_for_program("pipe2", __builtin_return_address(0), EMFILE)) return -1;
  return real<int(int*, int)>("pipe2")(ends, flags);
}

int execve(const char* path, char* const* words, char* const* environment) {
  if (plan().fails_for_program("execve", __builtin_return_address(0), ENOMEM)) return -1;
  return real<int(const char*, char* const*, char* const*)>("execve")(path, words, environment);
}

pid_t waitpid(pid_t pid, int* status, int options) {
  const bool waits = (options & WNOHANG) == 0;  // who does not wait is not interrupted
  if (waits && plan().fails_for_program("waitpid", __builtin_return_address(0), EINTR)) return -1;
  return real<pid_t(pid_t, int*, int)>("waitpid")(pid, status, options);
}

int signalfd(int file, const sigset_t* signals, int flags) {
  if (plan().fails_for_program("signalfd", __builtin_return_address(0), EMFILE)) return -1;
  return real<int(int, const sigset_t*, int)>("signalfd")(file, signals, flags);
}

void* mmap(void* at, size_t bytes, int protection, int flags, int file, off_t from) {
  if (plan().fails_for_program("mmap", __builtin_return_address(0), ENOMEM)) return MAP_FAILED;
  return real<void*(void*, size_t, int, int, int, off_t)>("mmap")(at, bytes, protection, flags,
                                                                  file, from);
}

}  // extern "C"
