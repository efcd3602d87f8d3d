#include "harness/launch/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <thread>

#include "common/error.hpp"
#include "harness/launch/interrupt.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): only glibc declares it

namespace scalelaw {

void LogTail::append(std::string_view bytes) {
  kept_.append(bytes);
  if (kept_.size() > 2 * capacity_) {
    kept_.erase(0, kept_.size() - capacity_);
    dropped_ = true;
  }
}

std::string LogTail::text() const {
  if (kept_.size() <= capacity_ && !dropped_) return kept_;
  std::string tail = kept_.substr(kept_.size() - std::min(kept_.size(), capacity_));
  const std::size_t line = tail.find('\n');
  return line == std::string::npos ? tail : tail.substr(line + 1);
}

namespace {

using Clock = std::chrono::steady_clock;
constexpr double grace_s = 5;

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
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read, write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error(std::string("cannot make a pipe: ") + std::strerror(errno),
                "raise the limit of open files (ulimit -n)");
  }
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// "0-1,4" as a set of processors.
cpu_set_t parse_cpus(std::string_view list) {
  cpu_set_t set;
  CPU_ZERO(&set);
  while (!list.empty()) {
    const std::string_view part = list.substr(0, list.find(','));
    int low = 0;
    const auto [rest, error] = std::from_chars(part.data(), part.data() + part.size(), low);
    int high = low;
    if (error == std::errc{} && rest != part.data() + part.size()) {
      std::from_chars(rest + 1, part.data() + part.size(), high);
    }
    for (int cpu = low; cpu <= high && cpu < CPU_SETSIZE; ++cpu) CPU_SET(cpu, &set);
    list.remove_prefix(std::min(list.size(), part.size() + 1));
  }
  return set;
}

/// The environment of the child: the harness's own, with the command's on top.
std::vector<std::string> merged_environment(const Command& command) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!command.environment.contains(std::string(text.substr(0, text.find('='))))) {
      out.emplace_back(text);
    }
  }
  for (const auto& [name, value] : command.environment) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

/// Forks and executes; the child's output goes to the pipes' write ends.  In the child nothing
/// allocates between fork and exec.
pid_t start(const Command& command, const Pipe& out, const Pipe& err) {
  std::vector<std::string> words = command.argv;
  std::vector<std::string> variables = merged_environment(command);
  const std::vector<char*> argv = pointers(words);
  const std::vector<char*> env = pointers(variables);
  const cpu_set_t cpus = parse_cpus(command.cpus);
  const Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));

  const pid_t child = fork();
  if (child < 0) {
    throw Error(std::string("cannot start a process: ") + std::strerror(errno),
                "raise the limit of processes (ulimit -u)");
  }
  if (child > 0) {
    setpgid(child, child);  // in both, so that neither has to wait for the other
    return child;
  }
  setpgid(0, 0);
  for (const int number : {SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE})
    std::signal(number, SIG_DFL);
  dup2(nothing.get(), STDIN_FILENO);
  dup2(out.write.get(), STDOUT_FILENO);
  dup2(err.write.get(), STDERR_FILENO);
  if (!command.cpus.empty()) sched_setaffinity(0, sizeof cpus, &cpus);
  execvpe(argv[0], argv.data(), env.data());
  dprintf(STDERR_FILENO, "cannot start %s: %s\n", argv[0], std::strerror(errno));
  _exit(127);
}

/// All processes below `ancestor`.  Ranks that mpirun starts leave its process group, so the group
/// alone does not reach them.
std::set<pid_t> descendants(pid_t ancestor) {
  std::vector<std::pair<pid_t, pid_t>> parents;  // (child, parent)
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc{}) continue;
    std::ifstream file(entry.path() / "stat");
    std::string line;
    std::getline(file, line);
    const std::size_t after_name = line.rfind(')');  // "pid (name) state parent"
    if (after_name == std::string::npos || after_name + 4 >= line.size()) continue;
    pid_t parent = 0;
    std::from_chars(line.data() + after_name + 4, line.data() + line.size(), parent);
    parents.emplace_back(pid, parent);
  }
  std::set<pid_t> out{ancestor};
  for (std::size_t before = 0; before != out.size();) {
    before = out.size();
    for (const auto& [pid, parent] : parents) {
      if (out.contains(parent)) out.insert(pid);
    }
  }
  out.erase(ancestor);
  return out;
}

/// A child process and the streams it writes.
struct Stream {
  Descriptor fd;
  std::function<void(std::string_view)> sink;
};

class Child {
 public:
  Child(pid_t pid, std::vector<Stream> streams)
      : pid_(pid),
        exit_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))),
        streams_(std::move(streams)) {}

  /// Passes on what the child writes until it has ended (true) or `deadline` has come or the
  /// harness is asked to stop (false).
  bool wait_until(Clock::time_point deadline, bool heed_interrupts) {
    while (!ended()) {
      if (Clock::now() >= deadline || (heed_interrupts && interrupted())) return false;
      pump(std::min<Clock::duration>(deadline - Clock::now(), exit_.open()
                                                                  ? std::chrono::milliseconds(1000)
                                                                  : std::chrono::milliseconds(20)));
    }
    return true;
  }

  /// Takes what is still in the pipes, without waiting for a grandchild that holds one open.
  void drain() {
    for (bool more = true; more;) more = pump(Clock::duration::zero());
  }

  /// Asks the group to end; what left the group is its parent's to end, as mpirun does its ranks.
  void ask_to_end() {
    family_ = descendants(pid_);  // now, since orphans are no longer found below pid_
    kill(-pid_, SIGTERM);
  }

  /// Kills the group and everyone who was below it when it was asked to end.
  void kill_all() {
    if (!reaped_) family_.merge(descendants(pid_));
    for (const pid_t pid : family_) kill(pid, SIGKILL);
    kill(-pid_, SIGKILL);
  }

  [[nodiscard]] int status() const { return status_; }

 private:
  bool ended() {
    if (!reaped_ && waitpid(pid_, &status_, WNOHANG) == pid_) reaped_ = true;
    return reaped_;
  }

  /// Waits at most `patience` for output or the child's end; true when there was output.
  bool pump(Clock::duration patience) {
    std::vector<pollfd> waits;
    for (const Stream& stream : streams_) waits.push_back({stream.fd.get(), POLLIN, 0});
    waits.push_back({reaped_ ? -1 : exit_.get(), POLLIN, 0});
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
    if (poll(waits.data(), waits.size(), static_cast<int>(std::max<long>(0, milliseconds))) <= 0) {
      return false;
    }
    bool any = false;
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      if (waits[i].revents != 0) any = take(streams_[i]) || any;
    }
    return any;
  }

  static bool take(Stream& stream) {
    std::array<char, 16384> bytes{};
    const ssize_t count = read(stream.fd.get(), bytes.data(), bytes.size());
    if (count > 0) {
      stream.sink({bytes.data(), static_cast<std::size_t>(count)});
      return true;
    }
    if (count == 0 || (errno != EINTR && errno != EAGAIN)) stream.fd.close();
    return false;
  }

  pid_t pid_;
  Descriptor exit_;  ///< readable once the child has ended; closed on kernels before 5.3
  std::vector<Stream> streams_;
  std::set<pid_t> family_;
  int status_ = 0;
  bool reaped_ = false;
};

Clock::duration seconds(double s) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(s));
}

/// Waits for `child` to end, ending it where need be.  The outcome lacks the log.
Outcome attend(Child& child, Clock::time_point begin, double timeout_s) {
  Outcome outcome;
  const Clock::time_point deadline =
      timeout_s > 0 ? begin + seconds(timeout_s) : Clock::time_point::max() - seconds(1);
  if (!child.wait_until(deadline, true)) {
    outcome.interrupted = interrupted();
    outcome.timed_out = !outcome.interrupted;
    child.ask_to_end();
    if (!child.wait_until(Clock::now() + seconds(grace_s), false)) {
      child.kill_all();
      child.wait_until(Clock::time_point::max() - seconds(1), false);
    }
  }
  outcome.wall_s = std::chrono::duration<double>(Clock::now() - begin).count();
  // Whatever the program left behind in its group would disturb the next launch.
  child.kill_all();
  child.drain();
  const int status = child.status();
  outcome.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return outcome;
}

}  // namespace

Outcome run_process(const Command& command, double timeout_s) {
  const Clock::time_point begin = Clock::now();
  LogTail log;
  Pipe pipe = make_pipe();
  const pid_t pid = start(command, pipe, pipe);
  pipe.write.close();
  std::vector<Stream> streams;
  streams.push_back({std::move(pipe.read), [&](std::string_view text) { log.append(text); }});
  Child child(pid, std::move(streams));
  Outcome outcome = attend(child, begin, timeout_s);
  outcome.log = log.text();
  return outcome;
}

Printed read_process(const Command& command, double timeout_s) {
  const Clock::time_point begin = Clock::now();
  Printed printed;
  LogTail err_tail;
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  const pid_t pid = start(command, out, err);
  out.write.close();
  err.write.close();
  std::vector<Stream> streams;
  streams.push_back({std::move(out.read), [&](std::string_view text) { printed.out += text; }});
  streams.push_back({std::move(err.read), [&](std::string_view text) { err_tail.append(text); }});
  Child child(pid, std::move(streams));
  const Outcome outcome = attend(child, begin, timeout_s);
  printed.exit_code = outcome.exit_code;
  printed.timed_out = outcome.timed_out;
  printed.err = err_tail.text();
  return printed;
}

}  // namespace scalelaw
