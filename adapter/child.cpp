#include "adapter/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "common/error.hpp"
#include "common/lines.hpp"
#include "common/shell_word.hpp"

namespace scalelaw::adapter {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto grace = 3s;        // from SIGTERM to SIGKILL
constexpr auto first_look = 2ms;  // at the threads; the next after twice as long
constexpr int most_late_reads = 4096;
constexpr std::size_t kept_words = 400;  // of the output's end
constexpr std::size_t longest_line = std::size_t{1} << 20;

volatile std::sig_atomic_t end_signal = 0;

void note_end(int signal) {
  end_signal = signal;
}

[[noreturn]] void fail(const std::string& what) {
  throw Error(fmt::format("{}: {}", what, std::strerror(errno)),
              "free the resource that the system lacks, and try again");
}

/// A descriptor that is closed at its end of life.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    close();
    number_ = std::exchange(other.number_, -1);
    return *this;
  }
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }
  void close() {
    if (open()) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

struct Pipe {
  Descriptor read, write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("cannot make a pipe");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// One of a command's streams: passed on as it comes, and cut into lines.
class Stream {
 public:
  Stream(Descriptor from, int to, const std::function<void(std::string_view)>& take_line)
      : from_(std::move(from)), to_(to), take_line_(take_line) {}

  [[nodiscard]] int get() const { return from_.get(); }
  [[nodiscard]] bool open() const { return from_.open(); }

  void pump() {
    std::array<char, 16384> bytes{};
    const ssize_t count = read(from_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) return finish();
    const std::string_view text(bytes.data(), static_cast<std::size_t>(count));
    pass_on(text);
    take(text);
  }

  /// What is left without a line's end is a line, too.
  void finish() {
    from_.close();
    if (!line_.empty()) take_line_(line_);
    line_.clear();
  }

 private:
  /// Nobody need listen: a closed pipe ends nothing.
  void pass_on(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t count = ::write(to_, text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  void take(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      const std::size_t room = longest_line - std::min(longest_line, line_.size());
      line_ += text.substr(0, std::min({end, text.size(), room}));
      if (end == std::string_view::npos) return;
      if (line_.ends_with('\r')) line_.pop_back();
      take_line_(line_);
      line_.clear();
      text.remove_prefix(end + 1);
    }
  }

  Descriptor from_;
  int to_;
  const std::function<void(std::string_view)>& take_line_;
  std::string line_;
};

/// The environment of a command, for exec.
std::vector<std::string> environment_with(const std::map<std::string, std::string>& more) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!more.contains(std::string(text.substr(0, text.find('='))))) out.emplace_back(text);
  }
  for (const auto& [name, value] : more) out.push_back(fmt::format("{}={}", name, value));
  return out;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// Becomes the command; tells `fault` the errno when that is not possible.
[[noreturn]] void become(char* const* argv, char* const* env, const char* folder, int out, int err,
                         int fault) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // it does not outlive this program
  for (const int signal : {SIGTERM, SIGINT, SIGPIPE}) std::signal(signal, SIG_DFL);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  if (*folder == '\0' || chdir(folder) == 0) {
    environ = const_cast<char**>(env);
    execvp(argv[0], argv);
  }
  const int reason = errno;
  (void)!::write(fault, &reason, sizeof reason);
  _exit(127);
}

Error cannot_start(const Invocation& what, int reason) {
  const std::string where =
      what.folder.empty() ? std::string() : fmt::format(" in '{}'", what.folder);
  return Error(
      fmt::format("cannot start '{}'{}: {}", what.argv.front(), where, std::strerror(reason)),
      reason == EACCES ? "make it executable: chmod +x"
                       : "check `command` and `folder`; a program of this folder is ./NAME");
}

/// A command that runs.
class Running {
 public:
  Running(const Invocation& what, const std::function<void(std::string_view)>& take_line) {
    std::vector<std::string> words = what.argv, env = environment_with(what.env);
    const std::vector<char*> argv = pointers_to(words), envp = pointers_to(env);
    Pipe out = make_pipe(), err = make_pipe(), fault = make_pipe();
    begin_ = Clock::now();
    pid_ = fork();
    if (pid_ < 0) fail("cannot make a process");
    if (pid_ == 0) {
      become(argv.data(), envp.data(), what.folder.c_str(), out.write.get(), err.write.get(),
             fault.write.get());
    }
    for (Pipe* pipe : {&out, &err, &fault}) pipe->write.close();
    streams_.emplace_back(std::move(out.read), STDOUT_FILENO, take_line);
    streams_.emplace_back(std::move(err.read), STDERR_FILENO, take_line);
    int reason = 0;
    ssize_t count = -1;
    do {
      count = read(fault.read.get(), &reason, sizeof reason);
    } while (count < 0 && errno == EINTR);
    if (count == sizeof reason) {
      waitpid(pid_, nullptr, 0);
      throw cannot_start(what, reason);
    }
    done_ = make_pipe();
    wait_ = std::thread([this] { wait_for_end(); });
  }
  ~Running() {
    if (wait_.joinable()) wait_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  /// Reads its output and looks at its threads until it has ended.
  void attend(ThreadWatch& watch) {
    auto pause = Clock::duration(first_look);
    auto next_look = begin_ + pause;
    Clock::time_point kill_at = Clock::time_point::max();
    while (!ended_) {
      const auto now = Clock::now();
      if (asked_to_end() != 0 && kill_at == Clock::time_point::max()) {
        kill_at = now + grace;
        end_tree(SIGTERM);
      }
      if (now >= kill_at) end_tree(SIGKILL);
      if (now >= next_look) {
        watch.look();
        pause *= 2;
        next_look = now + pause;
      }
      pump(std::min<Clock::duration>(next_look - Clock::now(), 100ms));
    }
    // What is still in the pipes; something that it left behind may write to them for ever.
    for (int i = 0; i < most_late_reads && pump(Clock::duration::zero()); ++i) continue;
    for (Stream& stream : streams_) stream.finish();
    wait_.join();
  }

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] double wall_s() const {
    return std::chrono::duration<double>(end_ - begin_).count();
  }

 private:
  /// Notes the moment of its end, in a thread of its own, which leaves it to be waited for.
  void wait_for_end() {
    siginfo_t info{};
    while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 &&
           errno == EINTR) {
    }
    end_ = Clock::now();
    (void)!::write(done_.write.get(), "", 1);
  }

  void end_tree(int signal) const {
    for (const pid_t process : process_tree(pid_)) kill(process, signal);
  }

  /// Waits at most `patience` for output or the end; true when there was output.
  bool pump(Clock::duration patience) {
    std::vector<pollfd> waits{{done_.read.get(), POLLIN, 0}};
    for (const Stream& stream : streams_) waits.push_back({stream.get(), POLLIN, 0});
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(patience).count();
    const auto ms = static_cast<int>(std::max<std::int64_t>(0, (left + 999) / 1000));
    if (poll(waits.data(), waits.size(), ms) <= 0) return false;
    if (waits[0].revents != 0) ended_ = true;
    bool any = false;
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      if (waits[i + 1].revents == 0 || !streams_[i].open()) continue;
      streams_[i].pump();
      any = true;
    }
    return any;
  }

  Clock::time_point begin_, end_;
  pid_t pid_ = 0;
  std::vector<Stream> streams_;
  Pipe done_;
  std::thread wait_;
  bool ended_ = false;
};

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

}  // namespace

void catch_end_signals() {
  struct sigaction action {};
  action.sa_handler = note_end;
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaction(signal, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int asked_to_end() {
  return end_signal;
}

std::string Invocation::text() const {
  return shell_words(argv);
}

std::string ChildEnd::fault() const {
  if (status == 0) return {};
  const std::vector<std::string> lines = lines_of(last_words);
  const std::string said = lines.empty() ? std::string() : ": " + lines.back();
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return fmt::format("was killed by signal {} ({}){}", signal, strsignal(signal), said);
  }
  return fmt::format("ended with exit code {}{}", WEXITSTATUS(status), said);
}

ChildEnd run_child(const Invocation& what, std::int64_t workers,
                   const std::function<void(std::string_view line)>& take_line) {
  ChildEnd out;
  const std::function<void(std::string_view)> take = [&](std::string_view line) {
    take_line(line);
    out.last_words += line;
    out.last_words += '\n';
    if (out.last_words.size() > 2 * kept_words) {
      out.last_words.erase(0, out.last_words.size() - kept_words);
    }
  };
  Running running(what, take);
  ThreadWatch watch(running.pid());
  running.attend(watch);
  rusage use{};
  while (wait4(running.pid(), &out.status, 0, &use) < 0 && errno == EINTR) {
  }
  out.pid = running.pid();
  out.use = {.wall_s = running.wall_s(),
             .user_s = seconds_of(use.ru_utime),
             .system_s = seconds_of(use.ru_stime),
             .peak_bytes = std::int64_t{use.ru_maxrss} * 1024};
  out.threads = watch.workers(workers);
  return out;
}

void require_program(const Invocation& what) {
  const std::string& program = what.argv.front();
  const auto is_there = [](const fs::path& path) { return access(path.c_str(), X_OK) == 0; };
  if (program.find('/') != std::string::npos) {
    const fs::path path = what.folder.empty() ? fs::path(program) : fs::path(what.folder) / program;
    if (is_there(path)) return;
    throw cannot_start(what, errno);
  }
  const auto own = what.env.find("PATH");
  const char* inherited = std::getenv("PATH");
  std::string folders = own != what.env.end() ? own->second : inherited == nullptr ? "" : inherited;
  for (std::size_t begin = 0; begin <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    const fs::path path = fs::path(folders.substr(begin, end - begin)) / program;
    if (end > begin && is_there(path)) return;
    begin = end + 1;
  }
  throw cannot_start(what, ENOENT);
}

}  // namespace scalelaw::adapter
