#include "harness/launch/choose.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "harness/launch/direct.hpp"
#include "harness/launch/fake.hpp"
#include "harness/launch/mpirun.hpp"
#include "harness/launch/srun.hpp"

namespace scalelaw::harness {

std::unique_ptr<Launcher> make_launcher(LauncherKind kind, const Campaign& campaign,
                                        const std::vector<std::string>& hosts,
                                        const std::string& first_core,
                                        const std::optional<Allocation>& allocation) {
  switch (kind) {
    case LauncherKind::srun:
      return std::make_unique<SrunLauncher>(campaign.slurm, allocation.value());
    case LauncherKind::direct:
      return std::make_unique<DirectLauncher>(first_core);
    case LauncherKind::fake: {
      FakeMachine machine = amdahl_machine(0.01, 0.05);
      machine.launch_noise = machine.sample_noise = 0.005;
      return std::make_unique<FakeLauncher>(machine);
    }
    case LauncherKind::mpirun:
      break;
  }
  return std::make_unique<MpirunLauncher>(campaign.mpirun, hosts, first_core, geteuid() == 0);
}

}  // namespace scalelaw::harness
