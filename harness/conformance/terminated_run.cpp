#include "harness/conformance/terminated_run.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>

#include "common/error.hpp"
#include "harness/process/deadline.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/leftovers.hpp"
#include "harness/process/process_table.hpp"
#include "harness/process/supervisor.hpp"

namespace scalelaw::harness {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int glance_ms = 20;  // between two looks at the record

bool has_a_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  return static_cast<bool>(std::getline(file, line)) && !file.eof();
}

Descriptor open_log(const std::string& path) {
  Descriptor log(::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
  if (log.open()) return log;
  throw Error(fmt::format("cannot write '{}': {}", path, std::strerror(errno)),
              "set TMPDIR to a writable folder");
}

/// A supervised command and what its supervisor reports.
class Watched {
 public:
  explicit Watched(Supervisor supervisor) : supervisor_(std::move(supervisor)) {}

  /// Waits until `done` or the command's end, at most until `deadline`; true when `done`.
  template <class Done>
  bool wait(Clock::time_point deadline, const Done& done) {
    while (!done()) {
      if (ended() || interrupted() || Clock::now() >= deadline) return false;
      listen(glance_ms);
    }
    return true;
  }

  [[nodiscard]] bool ended() const { return parse_report(report_).has_value(); }

  /// Sends SIGTERM to the command's process group, which its first process leads.
  void terminate() const {
    for (const ProcessEntry& one : processes_below(supervisor_.pid)) {
      if (one.parent == supervisor_.pid) kill(-one.pid, SIGTERM);
    }
  }

  /// Ends what is left and waits for the whole report.
  SupervisorReport finish() {
    if (!ended()) supervisor_.lifeline.close();
    while (supervisor_.report.open()) listen(-1);
    waitpid(supervisor_.pid, nullptr, 0);
    return parse_report(report_).value_or(SupervisorReport{SIGKILL, {}});
  }

 private:
  void listen(int patience_ms) {
    pollfd wait{supervisor_.report.get(), POLLIN, 0};
    if (poll(&wait, 1, patience_ms) <= 0) return;
    std::array<char, 4096> bytes{};
    const ssize_t count = read(supervisor_.report.get(), bytes.data(), bytes.size());
    if (count > 0) {
      report_.append(bytes.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      supervisor_.report.close();
    }
  }

  Supervisor supervisor_;
  std::string report_;
};

}  // namespace

Terminated terminate_during(const Command& command, const std::string& record,
                            const std::string& log_file, double start_s, double grace_s) {
  Terminated out;
  {
    const Descriptor log = open_log(log_file);
    Watched watched(start_supervised(command, launch_mark({}), log.get(), log.get()));
    out.began =
        watched.wait(deadline_after(Clock::now(), start_s), [&] { return has_a_line(record); });
    out.early = watched.ended();
    if (!out.early) watched.terminate();
    watched.wait(deadline_after(Clock::now(), grace_s), [] { return false; });
    out.in_time = watched.ended();
    SupervisorReport report = watched.finish();
    out.exit_code =
        WIFSIGNALED(report.status) ? 128 + WTERMSIG(report.status) : WEXITSTATUS(report.status);
    out.left_behind = std::move(report.left_behind);
  }
  std::ostringstream text;
  text << std::ifstream(log_file).rdbuf();
  out.log = text.str();
  return out;
}

}  // namespace scalelaw::harness
