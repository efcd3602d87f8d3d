#include "harness/commands/run_config.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/commands.hpp"
#include "harness/config/parse.hpp"
#include "harness/launch/choose.hpp"
#include "harness/launch/simulate.hpp"

namespace scalelaw::harness {
namespace {

bool simulates(const RunChoice& choice) {
  return find_launcher(choice.campaign.launcher).traits.simulates;
}

void require_use_of_from(const RunChoice& choice) {
  if (choice.campaign.from.empty() || simulates(choice)) return;
  throw Error("--from has no effect where nothing is simulated", "add --launcher simulate");
}

bool simulates_afterwards(const RunChoice& choice) {
  if (simulates(choice) || choice.campaign.preview || !choice.campaign.plan.empty()) return false;
  const SimulateOptions options = load_campaign(choice.campaign.config).simulate;
  return options.given && options.from.empty();
}

/// Whether SimGrid is there.  Says so if it is not: what can be measured is still worth it.
bool has_simgrid() try {
  require_simgrid();
  return true;
} catch (const Error& error) {
  complain("scalelaw", fmt::format("measures without simulating: {}", error.what()), error.hint());
  return false;
}

std::string simulated_output(const std::string& measured) {
  std::filesystem::path out(measured);
  const std::string extension = out.extension().string();
  out.replace_extension();
  return out.string() + "-simulated" + extension;
}

/// What simulates the ranks of the config from the campaign in `measured`.
RunChoice simulating(const RunChoice& choice, const std::string& measured) {
  RunChoice out = choice;
  out.campaign.launcher = simulate_launcher().name;
  out.campaign.from = measured;
  out.campaign.hostfile.clear();
  out.campaign.yes = true;  // it was confirmed when it was measured
  out.output = simulated_output(measured);
  out.junit.clear();
  out.resume = false;
  out.retry = {};
  // One that was made from fewer measurements is out of date.
  out.overwrite = choice.overwrite || choice.resume;
  return out;
}

}  // namespace

int run_config(const RunChoice& choice) {
  require_use_of_from(choice);
  if (!simulates_afterwards(choice)) return run_campaign(choice).exit_code;
  const bool able = has_simgrid();
  if (able && !choice.output.empty() && !choice.resume) {
    require_free(simulated_output(choice.output), choice.overwrite);
  }
  const RunEnd measured = run_campaign(choice);
  if (choice.dry_run && able) {
    fmt::print("# then simulates the ranks of [simulate], from what was measured\n");
  }
  if (!measured.complete || !able) return measured.exit_code;
  const RunEnd simulated = run_campaign(simulating(choice, measured.output));
  return measured.exit_code != exit_well ? measured.exit_code : simulated.exit_code;
}

}  // namespace scalelaw::harness
