#include "harness/process/supervisor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
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
#include <set>
#include <sstream>
#include <string_view>

#include "common/error.hpp"
#include "common/open_files.hpp"
#include "harness/process/find_program.hpp"
#include "harness/process/leftovers.hpp"
#include "harness/process/process_table.hpp"
#include "harness/process/waits.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): only glibc declares it

namespace scalelaw::harness {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// For helpers that are about to end when their command has ended.
constexpr auto moment = 200ms;
/// For what was left behind, from SIGTERM to SIGKILL.
constexpr auto short_grace = 1s;

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

/// A command in the form that execvpe() takes, made before any fork.
class Image {
 public:
  Image(const Command& command, const std::string& mark)
      : words_(command.argv), bound_(!command.cpus.empty()), cpus_(parse_cpus(command.cpus)) {
    const auto replaced = [&](std::string_view name) {
      return name == mark_variable || command.environment.contains(std::string(name));
    };
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string_view text = *entry;
      if (!replaced(text.substr(0, text.find('=')))) variables_.emplace_back(text);
    }
    for (const auto& [name, value] : command.environment) variables_.push_back(name + "=" + value);
    variables_.push_back(std::string(mark_variable) + "=" + mark);
    argv_ = pointers(words_);
    env_ = pointers(variables_);
    path_ = find_program(command.argv.at(0));
    std::array<char, 4> magic{};
    is_elf_ = std::ifstream(path_).read(magic.data(), magic.size()) &&
              std::string_view(magic.data(), magic.size()) ==
                  "\x7f"
                  "ELF";
  }

  /// Becomes the program, in a process group of its own.  Nothing here allocates.
  [[noreturn]] void execute(pid_t parent, int in, int out, int err) const {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // should somebody kill the supervisor itself
    if (getppid() != parent) _exit(127);
    default_signals();
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    if (bound_) sched_setaffinity(0, sizeof cpus_, &cpus_);
    if (!path_.empty()) execve(path_.c_str(), argv_.data(), env_.data());
    // A script without "#!" is the shell's, as if it were typed; a program for another machine is
    // not.
    const bool is_script = path_.empty() || (errno == ENOEXEC && !is_elf_);
    if (is_script) execvpe(argv_[0], argv_.data(), env_.data());
    dprintf(STDERR_FILENO, "cannot start %s: %s\n", argv_[0], std::strerror(errno));
    _exit(127);
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    for (std::string& word : words) out.push_back(word.data());
    out.push_back(nullptr);
    return out;
  }

  /// Signals as a shell would give them: what was ignored when the harness started stays so
  /// (nohup), but for what a program needs to work.
  static void default_signals() {
    for (int number = 1; number < NSIG; ++number) {
      struct sigaction now = {};
      if (sigaction(number, nullptr, &now) != 0) continue;
      const bool kept =
          now.sa_handler == SIG_IGN && number != SIGPIPE && number != SIGXFSZ && number != SIGCHLD;
      if (!kept) std::signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
  }

  std::vector<std::string> words_, variables_;
  std::string path_;  ///< of the program; empty: not found
  bool is_elf_ = false;
  std::vector<char*> argv_, env_;
  bool bound_;
  cpu_set_t cpus_;
};

/// Blocks all signals for its lifetime, so that a child of fork() never runs a handler of its
/// parent's.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

void write_all(int fd, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t put = write(fd, text.data() + at, text.size() - at);
    if (put <= 0) return;  // the harness has gone
    at += static_cast<std::size_t>(put);
  }
}

/// The supervisor at work, all signals blocked.
class Watch {
 public:
  Watch(pid_t command, int lifeline, int report, std::chrono::seconds end_grace)
      : command_(command), lifeline_(lifeline), report_(report), end_grace_(end_grace) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    children_ = Descriptor(signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  void run() {
    while (!ended_ && !unwanted_) doze(Clock::now() + 1h);
    if (unwanted_) {
      end_wanted();
    } else {
      tell_status();
      end_leftovers();
    }
    kill_rest();
    tell_status();
    for (const std::string& one : left_behind_) write_all(report_, one + "\n");
  }

 private:
  void end_wanted() {
    const Clock::time_point deadline = Clock::now() + end_grace_;
    kill(-command_, SIGTERM);
    while (!ended_ && Clock::now() < deadline) doze(deadline);
    signal_rest(SIGTERM);
    while (!alone_ && Clock::now() < deadline) doze(deadline);
  }

  void end_leftovers() {
    const Clock::time_point soon = Clock::now() + moment;
    while (!alone_ && Clock::now() < soon) doze(soon);
    for (const ProcessEntry& one : rest()) left_behind_.push_back(one.text());
    signal_rest(SIGTERM);
    const Clock::time_point deadline = Clock::now() + short_grace;
    while (!alone_ && Clock::now() < deadline) doze(deadline);
  }

  void kill_rest() {
    const Clock::time_point deadline = Clock::now() + patience;
    while (!alone_ && Clock::now() < deadline) {
      kill(-command_, SIGKILL);  // also where there is no /proc
      signal_rest(SIGKILL);
      doze(Clock::now() + 100ms);
    }
  }

  [[nodiscard]] std::vector<ProcessEntry> rest() const {
    return alone_ ? std::vector<ProcessEntry>{} : processes_below(getpid());
  }

  void signal_rest(int number) const {
    for (const ProcessEntry& one : rest()) kill(one.pid, number);
  }

  /// Waits for a child's end or the harness's, at most until `until`.
  void doze(Clock::time_point until) {
    collect();
    if (alone_) return;
    if (!children_.open()) until = std::min(until, Clock::now() + 50ms);  // nothing wakes it
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    std::array<pollfd, 2> waits{pollfd{children_.get(), POLLIN, 0},
                                pollfd{unwanted_ ? -1 : lifeline_, POLLIN, 0}};
    poll(waits.data(), waits.size(), static_cast<int>(std::max<std::int64_t>(0, left) + 1));
    signalfd_siginfo ignored{};
    while (read(children_.get(), &ignored, sizeof ignored) > 0) {
    }
    if (waits[1].revents != 0) unwanted_ = true;
    collect();
  }

  /// Takes the status of all children that have ended.  If no child is left, no descendant is left:
  /// orphans become children of this process.
  void collect() {
    int status = 0;
    pid_t pid = 0;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
      if (pid != command_) continue;
      ended_ = true;
      status_ = status;
    }
    alone_ = pid < 0 && errno == ECHILD;
  }

  void tell_status() {
    if (std::exchange(told_, true)) return;
    write_all(report_, fmt::format("{}\n", status_));
  }

  pid_t command_;
  int lifeline_;
  int report_;
  std::chrono::seconds end_grace_;
  Descriptor children_;
  std::vector<std::string> left_behind_;
  int status_ = SIGKILL;   ///< of a command that not even SIGKILL ends
  bool ended_ = false;     ///< the command
  bool alone_ = false;     ///< no child is left
  bool unwanted_ = false;  ///< the harness has gone, or wants an end
  bool told_ = false;
};

/// Closes the harness's files, above all the journal, whose lock would outlive the harness.
void close_all_but(const std::set<int>& kept) {
  for (const int fd : open_files()) {
    if (fd > STDERR_FILENO && !kept.contains(fd)) ::close(fd);
  }
}

[[noreturn]] void supervise(const Image& image, int lifeline, int report, int nothing, int out,
                            int err, int kept, std::chrono::seconds end_grace) {
  setpgid(0, 0);  // a terminal's signals are for the harness, which says what is to end
  prctl(PR_SET_NAME, "launch-watch");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  std::signal(SIGCHLD, SIG_DFL);  // ignored, no status could be collected
  close_all_but({lifeline, report, nothing, out, err, kept});
  const pid_t supervisor = getpid();
  const pid_t command = fork();
  if (command == 0) image.execute(supervisor, nothing, out, err);
  if (command < 0) {
    write_all(err, fmt::format("cannot start a process: {}\n", std::strerror(errno)));
    write_all(report, fmt::format("{}\n", 127 << 8));
    _exit(1);
  }
  setpgid(command, command);  // in both, so that neither has to wait for the other
  ::close(out);
  ::close(err);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, fd);
  Watch(command, lifeline, report, end_grace).run();
  _exit(0);
}

}  // namespace

Supervisor start_supervised(const Command& command, const std::string& mark, int out, int err,
                            int kept, std::chrono::seconds end_grace) {
  const Image image(command, mark);
  Pipe lifeline = make_pipe();
  Pipe report = make_pipe();
  const Descriptor nothing = open_nothing();
  const SignalsBlocked blocked;
  const pid_t pid = fork();
  if (pid < 0) {
    throw Error(std::string("cannot start a process: ") + std::strerror(errno),
                "raise the limit of processes (ulimit -u)");
  }
  if (pid == 0) {
    try {
      supervise(image, lifeline.read.get(), report.write.get(), nothing.get(), out, err, kept,
                end_grace);
    } catch (...) {
      _exit(1);
    }
  }
  return {pid, std::move(lifeline.write), std::move(report.read)};
}

std::optional<SupervisorReport> parse_report(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  if (!std::getline(lines, line) || lines.eof()) return std::nullopt;
  SupervisorReport out;
  std::from_chars(line.data(), line.data() + line.size(), out.status);
  while (std::getline(lines, line)) out.left_behind.push_back(line);
  return out;
}

}  // namespace scalelaw::harness
