#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "harness/commands/mpirun_choice.hpp"
#include "harness/commands/trust.hpp"
#include "harness/config/campaign.hpp"
#include "harness/launch/choose.hpp"
#include "harness/machine/machine.hpp"
#include "harness/plan/driver_facts.hpp"
#include "harness/plan/memory_size.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

struct Scheduler;

/// The options that all commands with a config share.
struct CampaignChoice {
  std::string config;
  std::optional<Campaign> loaded{};  ///< what was read from `config`; none: it is yet to be read
  std::string drivers;
  std::string launcher = launcher_types().front().name;
  std::vector<std::string> filters;
  std::string plan;         ///< a plan that was made before (harness/batch); empty: make one
  bool yes = false;         ///< the config's own programs may run
  bool preview = false;     ///< a first look at each kernel, in some 20 s (preview_of())
  Runs runs = Runs::all;    ///< what of them runs
  std::string hostfile;     ///< instead of the config's hosts; empty: those
  std::string from;         ///< instead of [simulate] from; empty: that
  std::int64_t cores = 0;   ///< of each node, instead of what the config says; 0: that
  std::int64_t nodes = 0;   ///< likewise, of a pretended machine
  bool brief = false;       ///< see make_brief()
  bool skip_large = false;  ///< points on more nodes than are known are skipped, not refused
  std::optional<PlannedMemory> memory{};  ///< of the campaign that is resumed; none: find it
};
void add_campaign_options(CLI::App& app, CampaignChoice& choice);
/// Likewise, without the launcher.
void add_config_options(CLI::App& app, CampaignChoice& choice);
/// The words of a command line that make this choice, for messages that say how to continue.
std::vector<std::string> words_of(const CampaignChoice& choice);
/// The words that run it into that results file.
std::vector<std::string> run_words(const CampaignChoice& choice, const std::string& output);
/// "scalelaw WORDS...", quoted for the shell.
std::string typed_command(const std::vector<std::string>& words);

/// A campaign, ready to be measured.
struct Prepared {
  Campaign campaign;
  std::filesystem::path drivers;  ///< folder
  Machine machine;
  std::string launcher_name;
  LauncherTraits traits;                 ///< of the launcher
  std::optional<Allocation> allocation;  ///< that srun starts steps in
  std::unique_ptr<Launcher> launcher;
  std::vector<std::string> hosts;           ///< that mpirun uses; none: this machine
  MpirunChoice mpirun;                      ///< how it is called, if it is
  std::string mpirun_doubt{};               ///< doubt_about() it, where a point needs it
  std::shared_ptr<const Results> measured;  ///< what a simulation starts from; null: nothing
  std::string messages_doubt{};  ///< why messages inside a node take what they usually do
  std::vector<Point> points;
  /// What automatic sizes follow from; none: there are none.
  std::optional<PlannedMemory> memory{};
  bool preview = false;       ///< the points are those of a first look
  std::vector<Error> faults;  ///< what prevents measuring it; only find_faults() returns any

  /// One start of a point's driver with so many samples, which writes its record to `record`.
  [[nodiscard]] Job job(const Point& point, std::int64_t samples, const std::string& record) const;
  /// The first one.
  [[nodiscard]] Job first_job(const Point& point, const std::string& record) const;
};

/// Leaves one launch and one sample of each point, a thousandth of the first size, and the first of
/// parameters that are numbers: enough to see that it runs, and no measurement.
void make_brief(Campaign& campaign);

/// Reads the config, asks the drivers, looks at the machine, plans, and filters.  Points that the
/// launcher cannot start are skipped, with the reason.
/// Errors: throws Error for whatever is wrong with the input, all at once, and when mpirun is
/// needed and missing.
Prepared prepare(const CampaignChoice& choice);

/// Like prepare(), but returns faults outside the config's own text beside what could be planned.
/// It also looks for more faults: it reads inputs, tries outputs and contacts hosts.
Prepared find_faults(const CampaignChoice& choice);

/// Says on stderr that its mpirun is believed to be of the drivers' MPI, if it is, and what a
/// simulation had to assume.
void print_doubt(const Prepared& prepared);

/// Says on stderr that the campaign's budget does not hold the launches that are made in any case.
void print_budget_doubt(const Prepared& prepared);

/// Like prepare(), but for jobs that have no nodes yet, from what `scheduler` reports about nodes.
/// Errors: also throws Error for nodes = "auto", which would mean all nodes of a partition.
Prepared prepare_for_jobs(CampaignChoice choice, const Scheduler& scheduler);

}  // namespace scalelaw::harness
