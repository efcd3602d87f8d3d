#include "harness/mpi/mpirun_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace scalelaw::harness {
namespace {

using Words = MpirunWords::Words;
using Variables = std::map<std::string, std::string>;

/// "a:4,b:4".
std::string hosts_with_ranks(const Words& hosts, const Placement& placement) {
  std::string list;
  for (std::int64_t i = 0; i < placement.nodes; ++i) {
    list += fmt::format("{}{}:{}", i == 0 ? "" : ",", hosts[i], placement.ranks_per_node);
  }
  return list;
}

Words genv(const std::string& name, const std::string& value) {
  return {"-genv", name, value};
}

Words joined(std::initializer_list<Words> parts) {
  Words out;
  for (const Words& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

Variables no_variables(bool /*as_root*/) {
  return {};
}

// By default, Open MPI binds one or two ranks to one core each, which their threads would share,
// and more ranks to a socket.
namespace open_mpi {

Words hosts(const Words& hosts, const Placement& placement) {
  return {"--host", hosts_with_ranks(hosts, placement)};
}

Words bound(const Placement& placement) {
  const std::string unit =
      placement.nodes > 1 ? fmt::format("ppr:{}:node", placement.ranks_per_node) : "slot";
  return {"--map-by", fmt::format("{}:PE={}", unit, placement.threads), "--bind-to", "core"};
}

Words oversubscribed(const Placement& placement) {
  Words words{"--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1"};
  if (placement.nodes > 1) {
    words.insert(words.end(), {"--map-by", fmt::format("ppr:{}:node", placement.ranks_per_node)});
  }
  return words;
}

Words variable(const std::string& name, const std::string& value) {
  return {"-x", name + "=" + value};
}

Variables environment(bool as_root) {
  if (!as_root) return {};
  return {{"OMPI_ALLOW_RUN_AS_ROOT", "1"}, {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"}};
}

}  // namespace open_mpi

// MPICH's mpirun is called Hydra.  It binds nothing by default, and maps by what it binds to.
namespace mpich {

Words hosts(const Words& hosts, const Placement& placement) {
  return {"-hosts", hosts_with_ranks(hosts, placement)};
}

Words bound(const Placement& placement) {
  return {"-bind-to", fmt::format("core:{}", placement.threads)};
}

Words oversubscribed(const Placement& /*placement*/) {
  return joined({{"-bind-to", "none"}, genv("MPIR_CVAR_POLLS_BEFORE_YIELD", "1")});
}

}  // namespace mpich

// Intel's is a Hydra that takes the ranks of a host beside the list, and binds by variables.
namespace intel {

Words hosts(const Words& hosts, const Placement& placement) {
  return {"-hosts",
          fmt::format("{}", fmt::join(hosts.begin(), hosts.begin() + placement.nodes, ",")), "-ppn",
          std::to_string(placement.ranks_per_node)};
}

/// A domain counts cells: cores, and not their hardware threads.
Words bound(const Placement& placement) {
  return joined({genv("I_MPI_PIN", "1"), genv("I_MPI_PIN_CELL", "core"),
                 genv("I_MPI_PIN_DOMAIN", fmt::format("{}:compact", placement.threads)),
                 genv("I_MPI_PIN_ORDER", "compact")});
}

Words oversubscribed(const Placement& /*placement*/) {
  return joined({genv("I_MPI_PIN", "0"), genv("I_MPI_THREAD_YIELD", "2")});
}

/// In a batch job, the scheduler's ranks per node would else replace -ppn.  mpirun itself reads it.
Variables environment(bool /*as_root*/) {
  return {{"I_MPI_JOB_RESPECT_PROCESS_PLACEMENT", "0"}};
}

}  // namespace intel

constexpr std::array<MpirunWords, 3> each_family{
    {{open_mpi::hosts, open_mpi::bound, open_mpi::oversubscribed, open_mpi::variable,
      open_mpi::environment},
     {mpich::hosts, mpich::bound, mpich::oversubscribed, genv, no_variables},
     {intel::hosts, intel::bound, intel::oversubscribed, genv, intel::environment}}};

}  // namespace

const MpirunWords& mpirun_words(MpiFamily family) {
  return each_family.at(static_cast<std::size_t>(family));
}

}  // namespace scalelaw::harness
