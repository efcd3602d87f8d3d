#include "adapter/place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "common/error.hpp"
#include "common/quantity.hpp"

namespace scalelaw::adapter {
namespace {

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::int64_t count_in(const char* name) {
  const std::string text = variable(name).value_or("");
  try {
    return parse_count(text);
  } catch (const Error& error) {
    throw Error(fmt::format("the variable {} is '{}', and a count is needed", name, text),
                "start it by mpirun or srun, or without that variable");
  }
}

/// What a launcher calls a process's number, and the number of processes.
struct Names {
  const char* rank;
  const char* ranks;
};

/// Those of what starts ranks itself come first: an mpirun inside an allocation of SLURM leaves the
/// variables of SLURM as they are.
constexpr std::array<Names, 4> rank_variables{{{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
                                               {"MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"},
                                               {"PMI_RANK", "PMI_SIZE"},
                                               {"SLURM_PROCID", "SLURM_NTASKS"}}};

/// A batch script is a process of SLURM, too, but belongs to no step.
bool is_meant(const Names& names) {
  if (!variable(names.rank) || !variable(names.ranks)) return false;
  return std::string_view(names.rank) != "SLURM_PROCID" || variable("SLURM_STEP_ID").has_value();
}

std::int64_t nodes_of(const Names& names, std::int64_t ranks) {
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"}) {
    if (!variable(name)) continue;
    const std::int64_t here = std::max<std::int64_t>(1, count_in(name));
    return (ranks + here - 1) / here;
  }
  if (std::string_view(names.rank) != "OMPI_COMM_WORLD_RANK") {
    for (const char* name : {"SLURM_STEP_NUM_NODES", "SLURM_NNODES"}) {
      if (variable(name)) return count_in(name);
    }
  }
  return 1;
}

std::string launch_name() {
  std::string out;
  for (const char* name : {"PMIX_NAMESPACE", "PMI_JOBID", "SLURM_JOB_ID", "SLURM_STEP_ID",
                           "OMPI_MCA_ess_base_jobid"}) {
    if (const auto value = variable(name)) out += (out.empty() ? "" : "-") + *value;
  }
  std::ranges::replace_if(
      out, [](char c) { return c == '/' || c == '@' || c == ' '; }, '_');
  return out.empty() ? "launch" : out;
}

}  // namespace

Place find_place() {
  for (const Names& names : rank_variables) {
    if (!is_meant(names)) continue;
    const std::int64_t ranks = count_in(names.ranks);
    return {.rank = count_in(names.rank),
            .ranks = ranks,
            .nodes = nodes_of(names, ranks),
            .launch = launch_name()};
  }
  return {.launch = launch_name()};
}

}  // namespace scalelaw::adapter
