#include "harness/batch/local_queue.hpp"
#include "harness/batch/scheduler.hpp"

namespace scalelaw::harness {

/// Jobs in the background of this machine, one after another (harness/batch/local_queue.hpp).
Scheduler local_scheduler() {
  Scheduler out;
  out.name = "local";
  out.title = "the local queue";
  out.here = true;
  out.script_ending = ".sh";
  out.launcher = "mpirun";
  out.warning = "the signal of `scalelaw cancel`";
  out.directives = [](const BatchJob& job, const Campaign&, const JobScript&) {
    return "# In the background of the machine on which it is submitted: " + job.name + ".";
  };
  out.nodes = [](const BatchOptions&, std::int64_t) { return std::optional<Allocation>(); };
  out.submit = submit_local;
  out.query = [](const std::vector<std::string>& ids) { return query_local(ids); };
  out.query_all = [] { return query_local(); };
  out.cancel = cancel_local;
  return out;
}

}  // namespace scalelaw::harness
