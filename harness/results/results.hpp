#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/field.hpp"
#include "common/observed.hpp"
#include "common/phase.hpp"

namespace scalelaw::harness {

/// Where the workers are.
struct Placement {
  std::int64_t nodes = 1;
  std::int64_t ranks_per_node = 1;
  std::int64_t threads = 1;  ///< per rank

  [[nodiscard]] std::int64_t ranks() const { return nodes * ranks_per_node; }
  [[nodiscard]] std::int64_t workers() const { return ranks() * threads; }
  // NOLINTNEXTLINE(modernize-use-nullptr): what it sees is the generated comparison with 0
  friend auto operator<=>(const Placement&, const Placement&) = default;
};

/// How a driver executes a kernel, as it describes itself.  The harness knows no model by name: it
/// asks what a model has.
struct Model {
  std::string name;       ///< as configs and programs name it, e.g. "mpi"
  std::string title;      ///< as people write it, e.g. "MPI"
  bool ranked = false;    ///< may be started as several ranks
  bool threaded = false;  ///< takes a number of threads
  bool device = false;    ///< computes on a device
  bool alone = false;     ///< one rank may be started without a launcher of ranks

  /// Whether it can have more than one worker.
  [[nodiscard]] bool is_parallel() const { return ranked || threaded || device; }
};

/// The simplest model first: fewer features, then the name.  Titles do not count.
inline auto operator<=>(const Model& a, const Model& b) {
  return std::tie(a.ranked, a.threaded, a.device, a.name) <=>
         std::tie(b.ranked, b.threaded, b.device, b.name);
}
inline bool operator==(const Model& a, const Model& b) {
  return (a <=> b) == 0;
}

enum class Scaling { strong, weak };
constexpr auto enum_names(Scaling) {
  return std::array<std::string_view, 2>{"strong", "weak"};
}

/// What became of a point (of a launch: all but converged, not_converged, too_noisy and unstable).
enum class State {
  pending,        ///< not measured yet
  converged,      ///< the interval's half-width is under the target
  not_converged,  ///< the budget ended first
  too_noisy,      ///< ended early: the launches allowed cannot narrow the interval to the target
  unstable,       ///< bimodal: its samples have two centres
  ok,             ///< a launch that succeeded
  wrong_result,   ///< the result did not verify, or differs from another launch's
  invalid,        ///< binding or placement was not what was asked for
  timeout,
  crashed,
  skipped
};
constexpr auto enum_names(State) {
  return std::array<std::string_view, 11>{"pending",  "converged", "not_converged", "too_noisy",
                                          "unstable", "ok",        "wrong_result",  "invalid",
                                          "timeout",  "crashed",   "skipped"};
}
/// Whether its interval is wider than the target, and nothing else is wrong with it.
constexpr bool is_wide(State state) {
  return state == State::not_converged || state == State::too_noisy;
}
/// Whether something went wrong that had been tried.
constexpr bool is_failure(State state) {
  return state == State::wrong_result || state == State::invalid || state == State::timeout ||
         state == State::crashed;
}

/// What a point's times are of.  Nothing compares real times with others.
enum class TimeSource {
  measured,   ///< real time on real hardware
  pretended,  ///< invented by the fake launcher
  simulated,  ///< from a model of a machine
  imported    ///< real time, which another program measured; how is unknown
};
constexpr auto enum_names(TimeSource) {
  return std::array<std::string_view, 4>{"measured", "pretended", "simulated", "imported"};
}
/// Whether times of two clocks may be compared.
constexpr bool are_comparable(TimeSource a, TimeSource b) {
  const auto is_real = [](TimeSource clock) {
    return clock == TimeSource::measured || clock == TimeSource::imported;
  };
  return a == b || (is_real(a) && is_real(b));
}

/// Who caused the failure of a launch.  Only the driver's own failures count against its point; the
/// launch is repeated after all others.
enum class Cause {
  none,         ///< it did not fail
  driver,       ///< the program under test, or what it wrote
  launcher,     ///< mpirun or srun, or the connection between hosts
  scheduler,    ///< the batch system: a node given up, a controller away
  file_system,  ///< no room, no permission, a folder that vanished
  user          ///< it was asked to stop
};
constexpr auto enum_names(Cause) {
  return std::array<std::string_view, 6>{"none",      "driver",      "launcher",
                                         "scheduler", "file_system", "user"};
}

/// The implementation of this project's own drivers.
constexpr const char* own_implementation = "scalelaw";
/// That of imported times whose file does not say.
constexpr const char* unknown_implementation = "unknown";

/// One kernel with parameters, model and placement: what is launched and given a median.
struct Point {
  std::string id;          ///< identity: equal in two files exactly when the points are comparable
  std::string experiment;  ///< its name in the config
  std::string kernel;
  std::string implementation = own_implementation;
  /// The implementation that its experiment is about: this project's own, or a driver of the
  /// config.  Any other is a peer.
  std::string primary = own_implementation;
  Model model;
  Scaling scaling = Scaling::strong;
  std::int64_t series = 0;  ///< points of one series differ in placement (weak: and size) alone
  nlohmann::json params;    ///< kernel parameters as given to the driver (sizes resolved)
  nlohmann::json options;   ///< options of the driver beside them, without those at their defaults
  Placement placement;
  bool oversubscribed = false;
  nlohmann::json work;  ///< from --describe (docs/record.md)
  State state = State::pending;
  std::string reason;  ///< of skipped, invalid, crashed ...; a note otherwise
  TimeSource clock = TimeSource::measured;
  /// Index of the point whose launches are this one's as well, because their drivers are started
  /// with the same words (results/shared_launches.hpp); -1: it has its own.
  std::int64_t shares = -1;

  [[nodiscard]] bool is_ours() const { return implementation == primary; }

  /// What a pass is when it is not computing in memory; empty when it is.  Points of different
  /// tasks do different work.
  [[nodiscard]] std::string task() const {
    return work.is_object() ? work.value("task", "") : std::string();
  }
};

/// One start of a driver.
struct Launch {
  std::int64_t point = 0;  ///< index into Results::points
  std::int64_t block = 0;
  std::string command;  ///< as a person would type it
  std::string started;  ///< ISO 8601, UTC
  double wall_s = 0;    ///< of the whole process; NaN: unknown
  int exit_code = 0;
  State state = State::ok;
  std::string reason;
  /// Other work was on the machine: the capacity gate found it before the block, or it took
  /// processor time during this launch's samples.
  bool busy = false;
  double free_cores = 0;  ///< what the gate measured
  std::string log_tail;   ///< of a launch that failed
  nlohmann::json header;  ///< the record's header; null when there was none
  Cause cause = Cause::none;
  bool superseded = false;  ///< its point was measured again: kept, but no longer counted
  std::string sampling{};   ///< why it took that many samples; empty: the config says how many
  /// The share of its processor time that others took during its timed samples, on the rank that
  /// lost most; NaN: unknown.
  double lost_share = std::numeric_limits<double>::quiet_NaN();
  /// What granted its nodes, e.g. "SLURM job 4711"; empty: nothing did, or unknown.
  std::string allocation{};
  std::vector<std::string> nodes{};  ///< that its ranks ran on; none: unknown
};

/// What a phase of a pass took.
struct PhaseTime {
  std::string name;
  Role role = Role::serial;
  double seconds = 0;
};

/// One rank of one sample; seconds.
struct RankTimes {
  std::int64_t rank = 0;
  std::vector<PhaseTime> phases{};  ///< in the order of time; none: its driver does not tell
  /// Diagnostic samples: waited in the barrier.  Others: how much sooner than the slowest rank this
  /// one ended its items.  NaN: unknown.
  double wait_s = 0;
  double total_s = 0;
  std::vector<double> busy_s{};  ///< per thread, in parallel phases; none: unknown
  std::int64_t items = 0;        ///< that it computed; -1: unknown
  // Of the process that was started for this sample, where a driver starts one; NaN, -1: unknown.
  double process_s = std::numeric_limits<double>::quiet_NaN();  ///< wall clock
  double user_s = std::numeric_limits<double>::quiet_NaN();
  double system_s = std::numeric_limits<double>::quiet_NaN();
  /// The most memory that the rank, or that process, has held so far; -1: unknown.
  std::int64_t peak_bytes = -1;
  Observed seen{};  ///< of one pass; of that process where there is one
};

/// One stage of a pipeline in one sample.
struct StageTime {
  std::string stage;  ///< e.g. decode
  double busy_s = 0;  ///< of all threads and ranks together, without waits for other stages
};

/// One timed repetition; seconds.
struct Sample {
  std::int64_t launch = 0;  ///< index into Results::launches
  std::int64_t index = 0;   ///< within the launch
  bool diagnostic = false;  ///< has an extra barrier; never a timing
  double total_s = 0;
  std::vector<PhaseTime> phases{};  ///< each the largest over the ranks; none: unknown
  std::vector<RankTimes> ranks{};
  std::vector<StageTime> stages{};  ///< in the order of the flow; none but of a pipeline
  std::map<std::string, std::string> facts{};
  bool verified = false;
  std::string fault;
};

/// One law fitted to one series.
struct Fit {
  std::int64_t series = 0;
  std::string law;                      ///< e.g. amdahl
  std::string parameter;                ///< e.g. serial_fraction
  std::string symbol;                   ///< of the parameter, in the law's formula, e.g. s
  double value = 0, low = 0, high = 0;  ///< 95 % bootstrap interval
  double goodness = 0;                  ///< coefficient of determination of the fit
  bool identifiable = true;
  std::string reason;  ///< why not identifiable
};

/// What a prediction was made from.
enum class PredictionKind {
  a_priori,     ///< one worker's phases, before anything was scaled
  fitted,       ///< all points, for one of them
  held_out,     ///< all points but those of the most workers, for these
  extrapolated  ///< all points, for a placement that was not measured
};
constexpr auto enum_names(PredictionKind) {
  return std::array<std::string_view, 4>{"a_priori", "fitted", "held_out", "extrapolated"};
}

/// One law's prediction for one placement; speedups.
struct Prediction {
  std::int64_t series = 0;
  std::string law;
  PredictionKind kind = PredictionKind::fitted;
  std::int64_t workers = 0;
  double speedup = 0, low = 0, high = 0;  ///< 95 % band
  double measured = 0;                    ///< NaN when this p was not measured
  double error = 0;                       ///< (predicted - measured) / measured; NaN likewise
  bool inside = false;                    ///< the measurement fell in the band
  std::int64_t point = -1;                ///< index into Results::points; -1 when not measured
  std::string marks;                      ///< of that point
};

/// A number with its 95 % interval; each is NaN where it is unknown.
struct Bracketed {
  double value = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
};

/// The time that a speedup divides: always named, always with its seconds.
struct Baseline {
  std::int64_t point = -1;  ///< index into Results::points; -1: none, or what a fitted law says
  std::string name;         ///< e.g. "scalelaw-serial"; empty: there is none
  Bracketed seconds;
  std::string marks;  ///< of its point
};

/// What the system and the processor told of a point's launches while they were measured: medians
/// over the launches that count.  NaN: unknown.
struct ObservedSummary {
  double peak_bytes = Observed::unknown;          ///< that its ranks held, the sum of their peaks
  double largest_peak_bytes = Observed::unknown;  ///< that one of them held
  /// Of the processor time of its threads, on the rank that lost most: what the host of a virtual
  /// machine took, and what passed while they waited for a processor.
  double steal_share = Observed::unknown, queued_share = Observed::unknown;
  double switches_per_s = Observed::unknown;  ///< involuntary ones, of one thread
  double major_faults = Observed::unknown;    ///< of all ranks in one pass
  double clock_hz = Observed::unknown;        ///< cycles per second of processor time
  double instructions_per_cycle = Observed::unknown;
  double energy_j = Observed::unknown;  ///< of all its hosts in one pass
};

/// A quantity of it, as results files name it.
struct SummaryQuantity {
  std::string_view name;
  double ObservedSummary::*member;
};
inline constexpr std::array<SummaryQuantity, 9> observed_summary_quantities{
    {{"peak_bytes", &ObservedSummary::peak_bytes},
     {"largest_peak_bytes", &ObservedSummary::largest_peak_bytes},
     {"steal_share", &ObservedSummary::steal_share},
     {"queued_share", &ObservedSummary::queued_share},
     {"switches_per_s", &ObservedSummary::switches_per_s},
     {"major_faults", &ObservedSummary::major_faults},
     {"clock_hz", &ObservedSummary::clock_hz},
     {"instructions_per_cycle", &ObservedSummary::instructions_per_cycle},
     {"energy_j", &ObservedSummary::energy_j}}};

/// All that is said of one point, as every table, file and figure shows it.
struct ScalingRow {
  std::int64_t point = 0;  ///< index into Results::points
  std::int64_t series = 0;
  std::int64_t workers = 1;
  double work = 1;     ///< relative to one worker's; 1 in strong series
  bool timed = false;  ///< its time may be compared
  State state = State::pending;
  TimeSource clock = TimeSource::measured;
  bool busy = false;  ///< rests on launches beside other work
  std::string marks;  ///< what a reader must know first, e.g. "not_converged, busy"
  std::int64_t launches = 0;
  std::int64_t samples = 0;
  std::int64_t allocations = 0;  ///< that the launches come from; of several, intervals count these
  std::vector<double> times_s{};  ///< the median of each launch that counts
  Bracketed time_s;               ///< the median of these, or of those of the allocations
  double confidence = std::numeric_limits<double>::quiet_NaN();  ///< of time_s' interval
  std::string unit;                                              ///< of what the rate counts
  Bracketed rate_per_s;
  Baseline serial;  ///< the best serial time
  Bracketed serial_speedup, serial_efficiency;
  Baseline own;  ///< the same model with one worker
  Bracketed own_speedup, own_efficiency;
  double karp_flatt = std::numeric_limits<double>::quiet_NaN();
  std::int64_t ceiling_point = -1;  ///< index into Results::points; -1: none
  double ceiling_bytes_per_s = std::numeric_limits<double>::quiet_NaN();
  double ceiling_share = std::numeric_limits<double>::quiet_NaN();
  std::string ceiling_doubt;  ///< why the share is implausible
  std::string ceiling_marks;
  std::string limit;  ///< the lowest limit: memory_read, or a rate of the cores; empty: unknown
  std::int64_t limit_point = -1;  ///< index into Results::points: where it was measured; -1: none
  double limit_share = std::numeric_limits<double>::quiet_NaN();
  std::string limit_marks;
  ObservedSummary seen{};
};

/// What the seconds of an account are spent on: a phase's role, or a wait beside the phases.
enum class AccountRole {
  parallel,
  serial,
  transfer,
  wait,  ///< until the slowest rank has done its items
  idle   ///< the rank is done, and the slowest is not
};
constexpr auto enum_names(AccountRole) {
  return std::array<std::string_view, 5>{"parallel", "serial", "transfer", "wait", "idle"};
}

/// One part of a point's time: the mean over its ranks.  The parts of a point add up to its time.
struct AccountRow {
  std::int64_t point = 0;  ///< index into Results::points
  std::string part;        ///< the phase's name; "wait" or "idle"
  AccountRole role = AccountRole::parallel;
  double seconds = 0;
  std::string marks;  ///< of the point
};

/// One conclusion of the analysis, with the numbers behind it.
struct Finding {
  std::string kind;  ///< e.g. crossover
  std::string text;  ///< the sentence
  /// The number that decided, with its 95 % interval; NaN: none.
  double value = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  std::int64_t series = -1;  ///< points.series; -1: of no one series
  std::int64_t point = -1;   ///< index into Results::points; -1: of no one point
  std::string marks;         ///< of that point
};

/// All that one campaign leaves: the results file in memory.
struct Results {
  int schema = 2;
  std::string name;
  std::string config_text;
  std::int64_t seed = 0;  ///< of imported times: 0, which is unknown
  std::string started;
  double target_interval = 0.02;
  std::map<std::string, std::string> environment;  ///< dotted names; unknown is "unknown"
  std::vector<Point> points;
  std::vector<Launch> launches;
  std::vector<Sample> samples;
  // Derived from the samples above, by the program named in `derived_by`.
  std::vector<ScalingRow> scaling;  ///< one a point, in their order
  std::vector<AccountRow> account;
  std::vector<Fit> fits;
  std::vector<Prediction> predictions;
  std::vector<Finding> findings;
  std::string derived_by;  ///< e.g. "scalelaw 0.1.0 (af10aafba3f7)"; empty: nothing was derived

  [[nodiscard]] const Point& point(std::int64_t index) const {
    return points[static_cast<std::size_t>(index)];
  }
};

}  // namespace scalelaw::harness
