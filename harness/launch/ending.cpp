#include "harness/launch/ending.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <span>
#include <string_view>

#include "common/lines.hpp"
#include "harness/launch/log_line.hpp"
#include "harness/launch/slurm.hpp"

namespace scalelaw::harness {
namespace {

using Signs = std::span<const std::string_view>;

/// SLURM lost a node, or its controller does not answer.  What the driver did does not matter then.
constexpr std::array<std::string_view, 6> node_signs{"srun: error: Node failure",
                                                     "DUE TO NODE FAILURE",
                                                     "Unable to contact slurm controller",
                                                     "Timed out waiting for job step to complete",
                                                     "Socket timed out on send/recv operation",
                                                     "Zero Bytes were transmitted or received"};

/// SLURM did not start the step on all nodes.
constexpr std::array<std::string_view, 10> step_signs{"Cannot bind() UNIX socket",
                                                      "Failed mpi_hook_slurmstepd_prefork",
                                                      "aborted before step completely launched",
                                                      "srun: error: Task launch for StepId",
                                                      "srun: error: Application launch failed",
                                                      "srun: error: Unable to confirm allocation",
                                                      "srun: error: Unable to create step for job",
                                                      "srun: error: Unable to allocate resources",
                                                      "step creation temporarily disabled",
                                                      "step creation still disabled"};

/// Open MPI, PRRTE, MPICH or ssh did not start all ranks, or lost the connection to them.
constexpr std::array<std::string_view, 28> launch_signs{
    "unable to reliably start one or more daemons",
    "There are not enough slots",
    "There are no allocated resources",
    "not enough processors",
    "allocated nodes are already filled",
    "The specified mapping policy is not recognized",
    "The mapping request cannot be",
    "A request was made to bind to that would result in binding more",
    "While trying to determine what resources are available",
    "orte_init failed",
    "prte_init failed",
    "ORTE_ERROR_LOG",
    "PRTE ERROR",
    "MPI_INIT failed",
    "An error occurred in MPI_Init",
    "OPAL ERROR",
    "A requested component was not found",
    "unable to reach each other for MPI communication",
    "has lost communication with a remote daemon",
    "lost communication with",
    "attempt to run as root",
    "ssh: ",
    "Host key verification failed",
    "Permission denied (publickey",
    "HYDU_",
    "HYDT_",
    "unable to create the desired directory",
    "a daemon died unexpectedly"};

/// The launcher did not find the driver, which existed when the campaign was planned.
constexpr std::array<std::string_view, 5> program_signs{
    "execvp error on file ", "could not access\nor execute an executable",
    "could not access or execute an executable", "unable to find the specified executable file",
    "error: execve(): "};

/// The launcher says that ranks had run, and ended by themselves.
constexpr std::array<std::string_view, 8> rank_signs{
    "mpirun noticed that process rank",
    "processes exited with non-zero status",
    "prterun noticed that process rank",
    "MPI_ABORT was invoked on rank",
    "BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES",
    "Primary job  terminated normally",
    "Exited with exit code",
    "EXIT STRING: "};

constexpr std::array<std::string_view, 7> room_signs{
    "No space left on device",      "Disk quota exceeded", "Read-only file system",
    "Input/output error",           "Stale file handle",   "cannot write the record",
    "there is not enough space for"};

std::string_view first_of(Signs signs, std::string_view log) {
  const auto found = std::find_if(signs.begin(), signs.end(), [&](std::string_view sign) {
    return log.find(sign) != std::string_view::npos;
  });
  return found == signs.end() ? std::string_view() : *found;
}

bool any(Signs signs, std::string_view log) {
  return !first_of(signs, log).empty();
}

/// "srun: error: task 2 launch failed: Unspecified error"
bool task_launch_failed(std::string_view line) {
  return line.starts_with("srun: error: task ") && line.find(" launch failed: ") != line.npos;
}

bool any_line(bool (*holds)(std::string_view), const std::string& log) {
  const std::vector<std::string> lines = lines_of(log);
  return std::any_of(lines.begin(), lines.end(), holds);
}

bool is_asked_to_end(int exit_code) {
  const int signal = exit_code - 128;
  return signal == SIGHUP || signal == SIGINT || signal == SIGTERM;
}

/// "srun: error: c1: task 0: Segmentation fault"
bool task_ended(std::string_view line) {
  return line.starts_with("srun: error: ") && line.find(": task") != line.npos;
}

/// Whether a step was cancelled from outside: slurmstepd then says so before its tasks end, and
/// after srun's own request when a task has failed.
bool was_cancelled(const Outcome& outcome) {
  const std::string& log = outcome.log;
  if (outcome.exit_code != 128 + SIGKILL) return false;
  const std::size_t cancelled = log.find(" CANCELLED AT ");
  return cancelled != std::string_view::npos && cancelled < log.find(": task") &&
         cancelled < log.find("_step_signal: Terminating");
}

/// The end of mpirun itself.  When it is killed, it prints nothing about its ranks.
bool launcher_was_killed(const Outcome& outcome) {
  return outcome.exit_code == 128 + SIGKILL && !outcome.out_of_memory &&
         !any(rank_signs, outcome.log) && !program_spoke(outcome.log);
}

Cause cause_through(const Outcome& outcome, bool started) {
  const std::string& log = outcome.log;
  if (outcome.via == "srun" && was_cancelled(outcome)) return Cause::user;
  if (outcome.via == "mpirun" && launcher_was_killed(outcome)) return Cause::launcher;
  if (log.find("lost communication with") != std::string::npos) return Cause::launcher;
  if (started || outcome.exit_code == 0 || !driver_words(log).empty()) return Cause::driver;
  if (any(launch_signs, log)) return Cause::launcher;
  return any(rank_signs, log) || any_line(task_ended, log) || program_spoke(log) ? Cause::driver
                                                                                 : Cause::launcher;
}

Cause cause_of(const Outcome& outcome, bool started) {
  const std::string& log = outcome.log;
  if (outcome.interrupted) return Cause::user;
  if (outcome.cause != Cause::none) return outcome.cause;
  const bool through_slurm = outcome.via == "srun";
  if (through_slurm && (any(node_signs, log) || (!started && step_did_not_start(log)))) {
    return Cause::scheduler;
  }
  if (any(room_signs, log)) return Cause::file_system;
  // A file at its limit (ulimit -f): a driver need not know of it to be ended by it.
  if (outcome.exit_code == 128 + SIGXFSZ) return Cause::file_system;
  if (outcome.timed_out) {
    return !outcome.via.empty() && !started && any(launch_signs, log) ? Cause::launcher
                                                                      : Cause::driver;
  }
  if (is_asked_to_end(outcome.exit_code)) return Cause::user;
  if (!started && any(program_signs, log)) return Cause::file_system;
  const bool nothing_started = outcome.exit_code == 127 && log.starts_with("cannot start ");
  if (outcome.via.empty()) return nothing_started ? Cause::file_system : Cause::driver;
  return nothing_started ? Cause::launcher : cause_through(outcome, started);
}

/// The line that shows the cause, if any.
std::string telling_line(Cause cause, const std::string& log) {
  if (cause == Cause::file_system) {
    if (std::string words = driver_words(log); any(room_signs, words)) return words;
    const std::string_view sign = first_of(room_signs, log);
    return sign.empty() ? std::string() : line_with(log, sign);
  }
  if (cause == Cause::scheduler) {
    if (const auto sign = first_of(step_signs, log); !sign.empty()) return line_with(log, sign);
    if (const auto sign = first_of(node_signs, log); !sign.empty()) return line_with(log, sign);
  }
  return {};
}

}  // namespace

bool speaks_of_room(const std::string& text) {
  return any(room_signs, text);
}

bool step_did_not_start(const std::string& log) {
  return any(step_signs, log) || any(node_signs, log) || any_line(task_launch_failed, log);
}

Ending ending_of(const Outcome& outcome, bool started) {
  Ending ending;
  ending.cause = cause_of(outcome, started);
  ending.words = telling_line(ending.cause, outcome.log);
  if (ending.words.empty()) {
    ending.words =
        ending.cause == Cause::driver ? program_words(outcome.log) : launcher_words(outcome.log);
  }
  if (ending.words.empty()) ending.words = said_nothing;
  ending.program = speaker_of(ending.words);
  ending.message =
      ending.program.empty() ? ending.words : ending.words.substr(ending.program.size() + 2);
  return ending;
}

}  // namespace scalelaw::harness
