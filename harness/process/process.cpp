#include "harness/process/process.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "harness/process/clean_up.hpp"
#include "harness/process/deadline.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/leftovers.hpp"
#include "harness/process/supervisor.hpp"

namespace scalelaw::harness {

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

/// What one of a launch's pipes brings, and where it goes.
struct Stream {
  Descriptor fd;
  std::function<void(std::string_view)> sink;
};

/// When a command that began at `begin` is ended; 0: never.
Clock::time_point limit_of(Clock::time_point begin, double timeout_s) {
  return timeout_s > 0 ? deadline_after(begin, timeout_s) : Clock::time_point::max();
}

/// A supervised command, and the streams that it writes.
class Launched {
 public:
  Launched(Supervisor supervisor, std::string mark, std::vector<Stream> streams)
      : pid_(supervisor.pid),
        mark_(std::move(mark)),
        lifeline_(std::move(supervisor.lifeline)),
        streams_(std::move(streams)) {
    streams_.push_back({std::move(supervisor.report), [this](std::string_view text) {
                          report_ += text;
                          if (!ended_at_ && parse_report(report_)) ended_at_ = Clock::now();
                        }});
  }

  /// Waits until all of it has ended; ends it at `deadline`, or when `stop` says so, by default when
  /// the harness is asked to stop.  The outcome lacks the log.
  Outcome attend(Clock::time_point begin, Clock::time_point deadline,
                 bool (*stop)() = interrupted) {
    Outcome outcome;
    while (streams_.back().fd.open()) {
      const bool wanted = !ended_at_ && lifeline_.open();
      if (wanted && (stop() || Clock::now() >= deadline)) {
        outcome.interrupted = stop();
        outcome.timed_out = !outcome.interrupted;
        lifeline_.close();
      }
      const Clock::duration left = wanted ? deadline - Clock::now() : Clock::duration::max();
      pump(
          std::clamp<Clock::duration>(left, std::chrono::milliseconds(1), std::chrono::seconds(1)));
    }
    while (pump(Clock::duration::zero())) {  // what is still in the pipes
    }
    waitpid(pid_, nullptr, 0);
    outcome.wall_s =
        std::chrono::duration<double>(ended_at_.value_or(Clock::now()) - begin).count();
    tell(outcome);
    return outcome;
  }

 private:
  void tell(Outcome& outcome) const {
    std::optional<SupervisorReport> report = parse_report(report_);
    if (!report) {  // somebody killed the supervisor
      report = SupervisorReport{SIGKILL, end_marked(mark_)};
    }
    const int status = report->status;
    outcome.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    outcome.left_behind = std::move(report->left_behind);
  }

  /// Waits at most `patience` for output or the end; true when there was output.
  bool pump(Clock::duration patience) {
    std::vector<pollfd> waits;
    for (const Stream& stream : streams_) waits.push_back({stream.fd.get(), POLLIN, 0});
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
    if (poll(waits.data(), waits.size(), static_cast<int>(milliseconds)) <= 0) return false;
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
  std::string mark_;
  Descriptor lifeline_;
  std::vector<Stream> streams_;  ///< the last is the supervisor's report
  std::string report_;
  std::optional<Clock::time_point> ended_at_;  ///< the command
};

}  // namespace

Outcome run_process(const Command& command, double timeout_s, const std::string& folder) {
  const Clock::time_point begin = Clock::now();
  LogTail log;
  Pipe pipe = make_pipe();
  const std::string mark = launch_mark(folder);
  Supervisor supervisor = start_supervised(command, mark, pipe.write.get(), pipe.write.get());
  pipe.write.close();
  std::vector<Stream> streams;
  streams.push_back({std::move(pipe.read), [&](std::string_view text) { log.append(text); }});
  Launched launched(std::move(supervisor), mark, std::move(streams));
  Outcome outcome = launched.attend(begin, limit_of(begin, timeout_s));
  outcome.log = log.text();
  return outcome;
}

Outcome run_logged(const Command& command, int log, int kept, std::chrono::seconds end_grace) {
  const Clock::time_point begin = Clock::now();
  const std::string mark = launch_mark({});
  Launched launched(start_supervised(command, mark, log, log, kept, end_grace), mark, {});
  return launched.attend(begin, Clock::time_point::max());
}

namespace {

Printed read_until(const Command& command, double timeout_s, bool (*stop)()) {
  const Clock::time_point begin = Clock::now();
  Printed printed;
  LogTail err_tail;
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  const std::string mark = launch_mark({});
  Supervisor supervisor = start_supervised(command, mark, out.write.get(), err.write.get());
  out.write.close();
  err.write.close();
  std::vector<Stream> streams;
  streams.push_back({std::move(out.read), [&](std::string_view text) { printed.out += text; }});
  streams.push_back({std::move(err.read), [&](std::string_view text) { err_tail.append(text); }});
  Launched launched(std::move(supervisor), mark, std::move(streams));
  const Outcome outcome = launched.attend(begin, limit_of(begin, timeout_s), stop);
  printed.exit_code = outcome.exit_code;
  printed.timed_out = outcome.timed_out;
  printed.err = err_tail.text();
  return printed;
}

}  // namespace

Printed read_process(const Command& command, double timeout_s) {
  return read_until(command, timeout_s, interrupted);
}

Printed read_clean_up(const Command& command, double timeout_s) {
  return read_until(command, timeout_s, [] { return false; });
}

}  // namespace scalelaw::harness
