#pragma once

#include <cstdint>
#include <functional>

#include "drivers/comm/comm.hpp"
#include "drivers/paradigms/task_dealer.hpp"
#include "drivers/paradigms/word_server.hpp"
#include "drivers/team/team.hpp"
#include "paradigms/task_batch.hpp"

namespace scalelaw::driver {

/// Does a task of some weight on a thread, and returns its value.  A thread whose attention the
/// dealer needs gives it between parts of a task.
/// Threads: may call it at once, each with its own number.
using PerformTask =
    std::function<std::uint64_t(int thread, std::int64_t task, std::int64_t weight)>;

/// `slowness`: how many times as long a task takes as its weight says: the difference is more of
/// the same work, whose result is not used.
PerformTask perform_computing(const paradigms::TaskBatch& params, double slowness,
                              TaskDealer& dealer);

/// Also fills the working set, each part on the thread that is near it afterwards.
PerformTask perform_reading_memory(const paradigms::TaskBatch& params, double slowness,
                                   TaskDealer& dealer, Team& team);

PerformTask perform_waiting(const paradigms::TaskBatch& params, double slowness, TaskDealer& dealer,
                            const Comm& comm);

/// Each process has a file of its own, made here.
PerformTask perform_reading_file(const paradigms::TaskBatch& params, TaskDealer& dealer,
                                 const Team& team);

/// Each thread has a connection to the server.
PerformTask perform_asking(const paradigms::TaskBatch& params, const ServerPlace& server,
                           TaskDealer& dealer, const Team& team);

/// Sleeps until the clock of `comm` shows `deadline_s`.
void wait_until(const Comm& comm, double deadline_s);

}  // namespace scalelaw::driver
