#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/launch/launcher.hpp"

namespace scalelaw::harness {

/// What SLURM knows about a kind of node.
struct SlurmNode {
  std::int64_t cpus = 0;  ///< as SLURM counts: cores, or hardware threads where it hands those out
  std::int64_t cores = 0;
  std::int64_t threads_per_core = 1;
  std::int64_t memory_bytes = 0;
};

/// The nodes of the job that this process runs in, or that salloc granted it.
struct Allocation {
  std::string job;                 ///< SLURM_JOB_ID
  std::vector<std::string> nodes;  ///< in SLURM's order
  SlurmNode node;                  ///< what the job may use of its smallest node
  bool inside_step = false;  ///< this process is itself a task of srun, and holds what it runs on
  /// Variables of the job that srun would take as options, and that contradict the options it gets.
  std::vector<std::string> contrary;
  bool here = true;  ///< this process runs on one of the nodes
};

/// The allocation of SLURM around this process; nothing when there is none.
/// Errors: throws Error when there is one and SLURM's commands do not answer.
std::optional<Allocation> find_allocation();

/// The allocation that a job of `nodes` nodes would get with these options, for a plan that is made
/// outside any allocation.  The nodes have no names yet.
/// Errors: throws Error when SLURM does not answer, or does not have that many such nodes.
Allocation expected_allocation(const BatchOptions& options, std::int64_t nodes);

/// The lines "NAME|PARTITION|FEATURES|..." of sinfo that `options` can get: in their partition (the
/// default one, marked by '*', when they name none) and with their constraint, when that is one
/// feature; each node once.
std::vector<std::string> matching_nodes(const std::string& text, const BatchOptions& options);

/// Reads nodes as `sinfo --format='%c|%X|%Y|%Z|%m'` prints them: CPUs, sockets, cores per socket,
/// threads per core, MiB.  Returns the least of each over all lines.
/// Errors: throws Error for another form, or when there is no line.
SlurmNode parse_nodes(const std::string& text);

/// The least number in SLURM_JOB_CPUS_PER_NODE, e.g. 36 in "72(x2),36"; 0 when there is none.
std::int64_t least_cpus(const std::string& text);

/// Whether `state` (as squeue writes it) is that of a job whose nodes can be used.
bool can_run_steps(const std::string& state);

/// Runs one of SLURM's commands and returns what it printed.
/// Errors: throws Error with its message when it fails, or does not answer within a minute.
std::string ask_slurm(const std::vector<std::string>& words);

}  // namespace scalelaw::harness
