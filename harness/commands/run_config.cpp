#include "harness/commands/run_config.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "harness/commands/campaign_files.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/filters.hpp"
#include "harness/config/parse.hpp"
#include "harness/launch/choose.hpp"
#include "harness/launch/simulate.hpp"
#include "harness/store/journal.hpp"
#include "harness/store/output_path.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

bool exists(const std::string& file) {
  std::error_code unreachable;  // whatever reads or writes it says why
  return fs::exists(file, unreachable);
}

/// Whether the config asks for a simulation of what is measured.  One of pretended times would say
/// nothing.
bool simulates_afterwards(const CampaignChoice& choice) {
  const SimulateOptions& options = choice.loaded->simulate;
  return options.given && options.from.empty() && !choice.preview && choice.plan.empty() &&
         find_launcher(choice.launcher).traits.real_time;
}

/// Whether what is measured can be simulated.  Says so where SimGrid is missing: the measurement is
/// worth it by itself.
/// Errors: throws Error for what else prevents a simulation, before hours of measuring.
bool can_simulate(const SimulateOptions& options) {
  try {
    require_simgrid();
  } catch (const Error& error) {
    complain("scalelaw", fmt::format("measures without simulating: {}", error.what()),
             error.hint());
    return false;
  }
  require_setup({.options = options, .measured = nullptr}, {});
  return true;
}

std::string simulated_output(const std::string& measured) {
  fs::path out(measured);
  const std::string extension = out.extension().string();
  out.replace_extension();
  return out.string() + "-simulated" + extension;
}

bool is_complete(const std::string& file) {
  return exists(file) && !exists(journal_path(file));
}

/// Whether a resumed campaign is measured, and nothing of it is to be measured again.
bool is_measured(const RunChoice& choice) {
  return choice.resume && choice.retry.empty() && !choice.output.empty() &&
         is_complete(choice.output);
}

/// An earlier simulation is replaced only if that was asked for.
void require_no_simulation(const RunChoice& choice) {
  if (choice.output.empty() || choice.resume || choice.overwrite || choice.dry_run) return;
  const std::string output = simulated_output(choice.output);
  require_free(output, false);
  if (!exists(journal_path(output))) return;
  throw Error(fmt::format("'{}' is a simulation that was stopped", output),
              "continue it with --resume, or give --overwrite to begin anew");
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
  out.resume = is_measured(choice) && exists(journal_path(out.output));
  out.retry = {};
  // A simulation of fewer measurements is out of date.
  out.overwrite = choice.overwrite || choice.resume;
  return out;
}

/// Simulates what was measured.  Returns an exit code.
/// Errors: as run_campaign(), and says where the measurements are.
int simulate(const RunChoice& choice, const std::string& measured) try {
  const std::string journal = journal_path(choice.output);
  if (!choice.resume && choice.overwrite && exists(journal)) Journal::discard(journal);
  return run_campaign(choice).exit_code;
} catch (const NoPointPasses& error) {
  complain("scalelaw", fmt::format("nothing was simulated: {}", error.what()));
  return exit_well;
} catch (const Error& error) {
  throw Error(fmt::format("measured: '{}'; not simulated: {}", measured, error.what()),
              fmt::format("{}; then simulate it: {}", error.hint(),
                          typed_command(run_words(choice.campaign, choice.output))));
}

}  // namespace

int run_config(const RunChoice& given) {
  RunChoice choice = given;
  choice.campaign.loaded = load_campaign(choice.campaign.config);  // once: it may be a pipe
  if (!simulates_afterwards(choice.campaign) || !can_simulate(choice.campaign.loaded->simulate)) {
    return run_campaign(choice).exit_code;
  }
  require_no_simulation(choice);
  const bool only_simulates = is_measured(choice) && !is_complete(simulated_output(choice.output));
  const RunEnd measured =
      only_simulates ? RunEnd{exit_well, choice.output, true} : run_campaign(choice);
  if (choice.dry_run) {
    fmt::print("# then simulates the ranks of [simulate], from what was measured\n");
  }
  if (!measured.complete) return measured.exit_code;
  const int simulated = simulate(simulating(choice, measured.output), measured.output);
  return measured.exit_code == exit_well || simulated > exit_failures ? simulated
                                                                      : measured.exit_code;
}

}  // namespace scalelaw::harness
