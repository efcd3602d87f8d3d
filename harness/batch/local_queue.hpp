#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/batch/queue.hpp"
#include "harness/batch/scheduler.hpp"

namespace scalelaw::harness {

// The queue of one user's jobs on one machine, where there is no batch system.  Nothing serves it.
// Each job is a process in the background that holds a lock on its ticket, a file, for as long as
// anything of it lives.  It starts when no earlier ticket is locked any more.  The kernel frees the
// locks of whoever dies, so that a job that was killed holds up none, and no two run at once.

/// The folder of the tickets: $XDG_STATE_HOME/scalelaw/jobs/HOST-BOOT, or below ~/.local/state.
/// With the boot in its name it is this machine's alone, and empty when the machine starts.
/// Errors: throws Error when there is neither a home nor that variable.
std::filesystem::path local_queue_folder();

/// Starts a process that runs `script` with bash when its turn comes, its output appended to the
/// file of the same name that ends in ".log".  It outlives this process, and the terminal.
/// A queue that cannot be used is a fault, and the job is then not in it.
Submission submit_local(const std::string& script);

/// The jobs of the queue, by number.  The states: PENDING, RUNNING, ENDED, CANCELLED, KILLED.
/// Errors: throws Error when the queue cannot be used.
std::map<std::string, QueuedJob> query_local();

/// Likewise, of these jobs.
/// Errors: also throws Error when one of them is another machine's.
std::map<std::string, QueuedJob> query_local(const std::vector<std::string>& ids);

/// Ends these jobs, and waits until nothing is left of them.
/// Errors: throws Error when something is left.
void cancel_local(const std::vector<std::string>& ids);

}  // namespace scalelaw::harness
