#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/definition.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Whether the cores are really free, asked before each block.
struct CapacityGate {
  bool enabled = true;
  double spin_s = 0.05;  ///< how long each of the private spin loops runs
  double free_share =
      0.9;  ///< a block is busy when less than this share of its workers' cores is free
  std::int64_t repeats = 2;  ///< how often a block measured on a busy machine is repeated
};

/// How points are measured: the `[measuring]` table.
struct Measuring {
  std::int64_t warmups = 1;  ///< untimed passes at the start of each launch
  /// Timed passes of each launch.  Where they are chosen: of the first launch of a point whose cost
  /// the plan cannot estimate, and of pretended launches, which cost nothing.
  std::int64_t samples = 5;
  bool choose_samples = true;      ///< by cost and variance, for each point and block
  std::int64_t launches_min = 6;   ///< of each point, whatever its interval
  std::int64_t launches_max = 30;  ///< of each point, whatever its budget
  double target_interval =
      0.02;              ///< half-width of the median's 95 % interval, relative to the median
  double budget_s = 60;  ///< wall-clock seconds for all launches of one point; may be infinite
  /// Likewise for all launches of the campaign: `budget_s` of [campaign].
  double campaign_budget_s = std::numeric_limits<double>::infinity();
  double timeout_s = 300;        ///< likewise for one launch; then it is killed
  std::int64_t diagnostics = 1;  ///< diagnostic samples of each launch, beside the timed ones
  bool ceilings = true;          ///< measure the machine's ceilings at the same placements
  CapacityGate gate;
};

/// A value, or the list of values to sweep, with where it stands in the config, so that a fault
/// that is only found later still names its line.
struct Setting {
  std::string name;
  std::vector<nlohmann::json> values;  ///< strings, numbers and booleans as written
  int line = 0;
};

/// How many nodes, ranks or threads: a list, or what the machine suggests.
struct Counts {
  bool automatic = false;  ///< powers of two up to what is there, and all of it
  std::vector<std::int64_t> values{1};
  int line = 0;
};

/// A program of the user's: one `[[driver]]`.
struct ConfigDriver {
  /// A command that knows nothing of scalelaw; `command.command` is empty where `program` is not.
  adapter::Definition command;
  std::string program;  ///< one that keeps the contract (docs/record.md)
  int line = 0;
  std::map<std::string, int> lines;  ///< of its keys

  [[nodiscard]] const std::string& name() const { return command.name; }
  [[nodiscard]] bool keeps_contract() const { return !program.empty(); }
};

/// A kernel, what to vary, and where to run it: one `[[experiment]]`.
struct Experiment {
  std::string name;    ///< unique in the campaign; the kernel's when not given
  std::string kernel;  ///< empty: the only one of its driver
  std::vector<std::string>
      drivers;  ///< of the config, instead of models; the others are peers of the first
  std::vector<std::string> models;  ///< empty: all that have a driver
  std::vector<Scaling> scaling{Scaling::strong};
  Setting size;                 ///< of the kernel's size parameter; "auto" is allowed; may be empty
  std::vector<Setting> params;  ///< the kernel's other parameters
  std::vector<Setting> options;  ///< of drivers: every key that is none of the config's own
  Counts nodes;
  Counts ranks;                       ///< per node
  Counts threads;                     ///< per rank
  std::vector<std::string> peers;     ///< other implementations to measure beside
  std::vector<Setting> peer_options;  ///< of the peers' drivers
  bool oversubscribe = false;  ///< allow more workers than cores (marked, and left out of fits)
  /// The nodes and ranks of ranked models, instead of `nodes` and `ranks`: those of a simulation.
  std::vector<Placement> layouts{};
  int line = 0;
};

/// What the planner takes for granted of a node instead of what it finds on this machine: for plans
/// made where they are not run.  0: as found.
struct MachineOptions {
  std::int64_t cores = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t last_level_cache_bytes = 0;
};

/// How mpirun is called: the `[mpirun]` table.
struct MpirunOptions {
  std::string program = "mpirun";
  std::string hostfile;
  std::vector<std::string> hosts;          ///< "name" or "name:slots"
  double connect_s = 10;                   ///< how long `scalelaw check` waits for a host
  std::map<std::string, std::string> mca;  ///< MCA parameters, of Open MPI
  std::vector<std::string> options{};      ///< further words for every mpirun
};

/// The batch system that runs a campaign's jobs; `automatic`: whichever is found.
enum class SchedulerChoice { automatic, slurm, pbs, flux, local };
constexpr auto enum_names(SchedulerChoice) {
  return std::array<std::string_view, 5>{"auto", "slurm", "pbs", "flux", "local"};
}

/// How the points are cut into batch jobs.
enum class JobCut { per_node_count, single };
constexpr auto enum_names(JobCut) {
  return std::array<std::string_view, 2>{"per_node_count", "single"};
}

/// How a batch system is asked: the tables `[slurm]`, `[pbs]` and `[flux]`.  Each has those of these
/// keys that its system knows; the others keep their defaults.
struct BatchOptions {
  JobCut jobs = JobCut::per_node_count;
  std::int64_t allocations = 1;  ///< jobs that measure each point, each a share of its launches
  std::string account, partition, qos, constraint;  ///< empty: the site's default
  std::string time;         ///< a job's time limit as the system writes it; empty: estimated
  double margin = 1.5;      ///< the estimated time limit is this much longer than the estimate
  std::int64_t end_s = 60;  ///< how long before its limit a job is asked to end in order
  bool exclusive = true;    ///< ask for whole nodes
  bool requeue = true;      ///< a job that is preempted, or whose node fails, is queued again
  std::vector<std::string> directives;    ///< further options of jobs, e.g. "--mail-type=END"
  std::vector<std::string> setup;         ///< shell lines before the campaign, e.g. "module load x"
  std::string mpi = "pmix";               ///< how the ranks of a step find each other
  std::vector<std::string> step_options;  ///< further words for every srun or flux run
};

/// How the work of a pretended pass is distributed over its items.
enum class FakeWeights { equal, linear, one_heavy, power_law };
constexpr auto enum_names(FakeWeights) {
  return std::array<std::string_view, 4>{"equal", "linear", "one_heavy", "power_law"};
}

/// What passes cost on the pretended machine (docs/config.md).  A case states only what differs.
struct FakeCosts {
  std::optional<double> one_worker_s{};    ///< a pass of one worker
  std::optional<double> operation_s{};     ///< instead: of each operation
  std::optional<double> serial_share{};    ///< of that time, which more workers do not shorten
  std::optional<double> critical_share{};  ///< of it, below which no number of workers gets
  std::optional<double> limit{};         ///< workers of a node that gain anything; may be infinite
  std::optional<double> node_speed{};    ///< of the nodes but the first, which has 1
  std::optional<double> node_s{};        ///< how much later than the first these begin
  std::optional<double> node_ranks{};    ///< that count as a node for these two; 0: real nodes
  std::optional<double> pass_s{};        ///< that several workers take in addition, once a pass
  std::optional<double> doubling_s{};    ///< likewise, for each doubling of the ranks
  std::optional<double> chunk_s{};       ///< that a worker takes to get a chunk of items
  std::optional<double> chunk_items{};   ///< of a chunk; 0: one chunk for each worker
  std::optional<FakeWeights> weights{};  ///< of items that are dealt in chunks
  std::string serial_share_of{};         ///< the kernel's parameter that is the serial share
  std::string chunk_items_of{};          ///< the parameter or option that says how many
  std::map<std::string, std::string> facts{};  ///< of results that several workers made
  std::map<std::string, double> stages{};      ///< of a pipeline: the share of each in its work
};

/// Costs of the passes that have these values.
struct FakeCase {
  std::vector<Setting> when;
  FakeCosts costs;
};

/// The machine that the fake launcher pretends: the `[fake]` table.
struct FakeOptions {
  FakeCosts costs{.one_worker_s = 0.01, .serial_share = 0.05};
  std::vector<FakeCase> cases;  ///< later ones count more
  double launch_noise = 0.005;  ///< standard deviation of the logarithm of a launch's times
  double sample_noise = 0.005;  ///< likewise of each sample's own
  std::int64_t noise_seed = 1;
  std::int64_t nodes = 1;  ///< that it has, where the config names no hosts
  double load = 0;         ///< the share of its cores that other work takes
};

/// How the nodes of a simulated machine are connected; `file`: as the user's own platform says.
enum class Network { fat_tree, dragonfly, ethernet, file };
constexpr auto enum_names(Network) {
  return std::array<std::string_view, 4>{"fat_tree", "dragonfly", "ethernet", "file"};
}

/// The machine that the launcher `simulate` simulates: the `[simulate]` table (docs/simulation.md).
struct SimulateOptions {
  bool given = false;  ///< whether the config has the table
  std::string from;    ///< the results file whose times a worker takes; empty: what run measures
  std::vector<std::int64_t> ranks;  ///< of all nodes together; none: those of the experiments
  std::int64_t ranks_per_node = 1;  ///< for `ranks`; fewer ranks share one node
  Network network = Network::fat_tree;
  std::string platform_file;  ///< of SimGrid
  std::string hostfile;       ///< its nodes, one a line
  std::int64_t nodes = 0;     ///< 0: as many as are asked for
  std::int64_t cores = 0;     ///< of a node; 0: as many as this machine has
  std::int64_t nodes_per_switch = 32;
  double latency_s = 1e-6;                ///< between two nodes at one switch
  double bandwidth_bytes_per_s = 12.5e9;  ///< of a node's link, in each direction
  double oversubscription = 1;            ///< of a switch: bandwidth below it over that above
  /// Between two ranks of a node; none: what the measured campaign says, or these.
  std::optional<double> node_latency_s, node_bandwidth_bytes_per_s;
  static constexpr double usual_node_latency_s = 3e-7, usual_node_bandwidth_bytes_per_s = 1e10;
  std::int64_t eager_limit = 65536;  ///< bytes; smaller messages leave before they are received
  /// As SimGrid writes them, by message size; empty: none.
  std::string send_overhead, receive_overhead, latency_factors, bandwidth_factors;
  double budget_s = 10;  ///< wall-clock seconds for all launches of one point
};

/// What a config teaches: the `[lesson]` table (docs/teaching).
struct Lesson {
  std::int64_t order = 0;  ///< its place in the course; 0: the config is no lesson
  std::string title;
  std::string question;               ///< for those who have seen the figures
  std::string claim;                  ///< what the figures should show
  std::vector<std::string> findings;  ///< the kinds of findings that state it
  std::string figure;                 ///< what to look at
};

/// All that one config asks for.
struct Campaign {
  std::string file;  ///< where it was read from; for messages
  std::string text;  ///< the config itself, word for word
  std::string name;
  std::int64_t seed = 1;  ///< of the kernels' inputs and of the order of the launches
  Measuring measuring;
  MachineOptions machine;
  MpirunOptions mpirun;
  SchedulerChoice scheduler = SchedulerChoice::automatic;
  BatchOptions slurm, pbs, flux;
  FakeOptions fake;
  SimulateOptions simulate;
  Lesson lesson;
  std::vector<ConfigDriver> drivers;
  std::vector<Experiment> experiments;

  /// The driver of that name; null when there is none.
  [[nodiscard]] const ConfigDriver* find_driver(const std::string& called) const {
    for (const ConfigDriver& driver : drivers) {
      if (driver.name() == called) return &driver;
    }
    return nullptr;
  }
};

}  // namespace scalelaw::harness
