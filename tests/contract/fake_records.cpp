// Records of the launcher that only pretends, for test_fake_record.py.
//
// Usage: contract_fake_records FOLDER
#include <fmt/format.h>

#include <exception>
#include <string>
#include <vector>

#include "harness/launch/fake.hpp"

namespace {

using namespace scalelaw::harness;

Job job_of(const Placement& placement, const std::string& record) {
  Job job;
  job.driver = {"scalelaw-fake", "calibration"};
  job.implementation = "scalelaw";
  job.kernel = "calibration";
  job.params = {{"operations", 1000}};
  job.options = {{"schedule", "dynamic"}};
  job.model = {.name = "fake", .title = "fake", .ranked = true, .threaded = true, .device = false};
  job.placement = placement;
  job.samples = 3;
  job.diagnostics = 1;
  job.record = record;
  return job;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  try {
    FakeMachine machine = amdahl_machine(0.5, 0.1);
    machine.launch_noise = machine.sample_noise = 0.1;
    FakeLauncher launcher(machine);
    const std::vector<Placement> placements{{1, 1, 1}, {1, 3, 2}, {2, 2, 1}};
    for (std::size_t i = 0; i < placements.size(); ++i) {
      launcher.run(job_of(placements[i], fmt::format("{}/{}.jsonl", argv[1], i)));
    }
  } catch (const std::exception& error) {
    fmt::print("contract_fake_records failed: {}\n", error.what());
    return 1;
  }
  return 0;
}
