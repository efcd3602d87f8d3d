#include "harness/measure/campaign_run.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "common/error.hpp"
#include "harness/launch/ending.hpp"
#include "harness/machine/environment.hpp"
#include "harness/measure/allocation.hpp"
#include "harness/measure/assess.hpp"
#include "harness/measure/time_estimate.hpp"
#include "harness/measure/verdict.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/oom_kills.hpp"
#include "harness/results/launch_samples.hpp"
#include "harness/results/shared_launches.hpp"
#include "harness/results/work.hpp"
#include "harness/statistics/observed_summary.hpp"
#include "harness/statistics/summary.hpp"
#include "harness/store/record.hpp"

namespace scalelaw::harness {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t log_tail_bytes = 4096;

std::string now_utc() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string tail(const std::string& log) {
  return log.size() <= log_tail_bytes ? log : log.substr(log.size() - log_tail_bytes);
}

/// `points` in the order in which block number `block` launches them: a Fisher-Yates shuffle that
/// gives the same order on every platform.
std::vector<std::int64_t> shuffled(std::vector<std::int64_t> points, std::int64_t seed,
                                   std::int64_t block) {
  std::seed_seq mix{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                    static_cast<std::uint32_t>(block)};
  std::mt19937_64 random(mix);
  for (std::size_t i = points.size(); i > 1; --i) {
    std::swap(points[i - 1], points[random() % i]);
  }
  return points;
}

/// How long a launch is repeated after a failure that is not the driver's.
double patience_s(Cause cause) {
  return cause == Cause::scheduler ? 300 : 30;
}

/// What a resumed campaign has spent of its budget: on launches, and on the gate before each block.
double spent_before(const Results& results, const CapacityGate& gate) {
  constexpr double spins = 2;  // of one core alone, and of all together
  double seconds = 0;
  std::set<std::int64_t> gated;
  for (const Launch& launch : results.launches) {
    if (launch.superseded) continue;
    if (!std::isnan(launch.wall_s)) seconds += launch.wall_s;
    if (!std::isnan(launch.free_cores)) gated.insert(launch.block);
  }
  return seconds + spins * gate.spin_s * static_cast<double>(gated.size());
}

/// The nodes of the ranks, by their own names for their hosts; none where the record has none.
std::vector<std::string> nodes_in(const nlohmann::json& header) {
  if (!header.is_object() || !header.contains("ranks")) return {};
  std::set<std::string> names;
  for (const nlohmann::json& rank : header["ranks"]) {
    if (rank.is_object() && rank.contains("host")) names.insert(rank["host"].get<std::string>());
  }
  return {names.begin(), names.end()};
}

/// One running campaign.
class Run {
 public:
  Run(Results& results, const Measuring& measuring, const MeasureTools& tools, Journal& journal)
      : results_(results), measuring_(measuring), tools_(tools), journal_(journal) {
    tallies_ = tally_all(results_);
    recall_facts();
  }

  void blocks() {
    std::int64_t block = results_.launches.empty() ? 0 : results_.launches.back().block;
    for (;; ++block) {
      const std::vector<std::int64_t> order = left_of(block);
      if (order.empty() && open_points().empty()) return;  // else the block's points are done
      if (!order.empty() && !one_block(block, order)) return;
    }
  }

  void report_end() const {
    report(results_.launches.empty() ? 0 : results_.launches.back().block, nullptr);
  }

  /// The points that are launched no more although they need launches, with the reason.
  std::map<std::int64_t, std::string> ended() const {
    std::map<std::int64_t, std::string> ended;
    for (const std::int64_t point : unfinished_points()) {
      if (!is_affordable(point)) ended[point] = "the campaign's budget ended";
      if (is_elsewhere(point)) ended[point] = "the allocation that it was measured in ended";
    }
    std::map<std::int64_t, std::string> out;
    for (std::int64_t i = 0; i < std::ssize(results_.points); ++i) {
      const auto found = ended.find(launched_as(results_.points, i));
      if (found != ended.end()) out[i] = found->second;
    }
    return out;
  }

 private:
  bool has_budget() const { return std::isfinite(measuring_.campaign_budget_s); }

  /// Of the campaign's budget.
  double left_s() const {
    const double running_s = std::max(launched_s_, seconds_since(started_));
    return measuring_.campaign_budget_s - spent_before_s_ - running_s;
  }

  bool has_fewest_launches(std::int64_t point) const {
    return tallies_[static_cast<std::size_t>(point)].launches >= measuring_.launches_min;
  }

  bool is_affordable(std::int64_t point) const {
    if (!has_budget() || !has_fewest_launches(point)) return true;
    const Tally& tally = tallies_[static_cast<std::size_t>(point)];
    return tally.spent_s / static_cast<double>(tally.launches) <= left_s();
  }

  /// The points that need more launches, whatever the campaign's budget.  Of points that share
  /// launches, the one that these are stored under.
  std::vector<std::int64_t> unfinished_points() const {
    std::set<std::int64_t> out;
    for (std::int64_t i = 0; i < std::ssize(results_.points); ++i) {
      const auto at = static_cast<std::size_t>(i);
      const std::int64_t point = launched_as(results_.points, i);
      if (results_.points[at].state != State::pending || given_up_.contains(point)) continue;
      if (needs_launch(tallies_[at], measuring_)) out.insert(point);
    }
    return {out.begin(), out.end()};
  }

  /// The allocation of this run's launches of a point, as allocation_of() names it.
  std::string allocation_here(std::int64_t point) const {
    Launch launch;
    launch.allocation = tools_.allocation;
    launch.nodes = granted_nodes(results_.points[static_cast<std::size_t>(point)]);
    return allocation_of(launch);
  }

  bool is_elsewhere(std::int64_t point) const {
    return is_done_elsewhere(tallies_[static_cast<std::size_t>(point)], allocation_here(point));
  }

  /// The points that still need launches, and get them.
  std::vector<std::int64_t> open_points() const {
    std::vector<std::int64_t> open = unfinished_points();
    std::erase_if(open,
                  [&](std::int64_t point) { return !is_affordable(point) || is_elsewhere(point); });
    return open;
  }

  /// The nodes that the launcher gives a point.
  std::vector<std::string> granted_nodes(const Point& point) const {
    const auto count = std::min(std::ssize(tools_.nodes), point.placement.nodes);
    return {tools_.nodes.begin(), tools_.nodes.begin() + count};
  }

  /// The points of the next block: all open ones; with a budget of the campaign, those without their
  /// fewest launches, and then the most worthwhile.
  std::vector<std::int64_t> points_of_block() const {
    std::vector<std::int64_t> open = open_points();
    if (!has_budget()) return open;
    const bool few = std::any_of(open.begin(), open.end(),
                                 [&](std::int64_t point) { return !has_fewest_launches(point); });
    if (!few) return most_worthwhile(results_.points, tallies_, open, left_s() / 4);
    std::erase_if(open, [&](std::int64_t point) { return has_fewest_launches(point); });
    return open;
  }

  /// The points to launch in `block`, in order: those of the block, except those that an interrupted
  /// harness had launched in it already, or tried to.
  std::vector<std::int64_t> left_of(std::int64_t block) const {
    std::vector<std::int64_t> order = shuffled(points_of_block(), results_.seed, block);
    std::set<std::int64_t> launched;
    for (auto at = results_.launches.rbegin(); at != results_.launches.rend(); ++at) {
      if (at->block < block) break;  // launches stand in the order of their blocks
      if (at->block != block || at->superseded || is_of_others(at->cause)) continue;
      launched.insert(at->point);
    }
    std::erase_if(order, [&](std::int64_t point) { return launched.contains(point); });
    return order;
  }

  /// Launches `order`; after pauses, repeats launches that failed for reasons outside the driver.
  /// False when the harness was interrupted.
  bool one_block(std::int64_t block, std::vector<std::int64_t> order) {
    const std::map<std::int64_t, SampleChoice> samples = choose_samples_of(order);
    for (Backoff backoff(tools_.pause); !order.empty();) {
      std::vector<std::int64_t> again;
      const GateReading reading = ask_gate(block, order);
      for (const std::int64_t point : order) {
        report(block, &results_.points[static_cast<std::size_t>(point)]);
        const std::optional<Cause> cause =
            interrupted() ? std::nullopt : one_launch(block, point, samples.at(point), reading);
        if (!cause) return false;
        if (!is_of_others(*cause)) continue;
        if (backoff.waited_s() < patience_s(*cause)) {
          again.push_back(point);
        } else {
          given_up_.insert(point);
        }
      }
      order = std::move(again);
      if (order.empty()) break;
      report(block, nullptr, backoff.next_s());
      backoff.wait();
    }
    return true;
  }

  /// The samples of each point's launch in the block `order`.
  std::map<std::int64_t, SampleChoice> choose_samples_of(
      const std::vector<std::int64_t>& order) const {
    const auto is_fixed = [&](std::int64_t point) {
      return !measuring_.choose_samples || !tools_.real_time ||
             decides_samples(results_.points[static_cast<std::size_t>(point)]);
    };
    const auto planned = [&](const Point& point) {
      return planned_cost(point, measuring_, tools_.real_time);
    };
    std::vector<std::int64_t> free = unfinished_points();
    std::erase_if(free, is_fixed);
    const SamplePlan plan{.points = &results_.points,
                          .tallies = tallies_,
                          .measuring = &measuring_,
                          .planned = planned,
                          .left_s = left_s()};
    std::map<std::int64_t, SampleChoice> chosen = samples_of(plan, free);
    for (const std::int64_t point : order) {
      chosen.try_emplace(point, SampleChoice{.samples = measuring_.samples, .why = ""});
    }
    return chosen;
  }

  /// What the machine is doing before the points of a block are launched.
  GateReading ask_gate(std::int64_t block, const std::vector<std::int64_t>& order) const {
    std::int64_t workers = 1;
    for (const std::int64_t point : order) {
      const Placement& at = results_.points[static_cast<std::size_t>(point)].placement;
      workers = std::max(workers, at.ranks_per_node * at.threads);  // on one node: the gate's own
    }
    report(block, nullptr);
    if (tools_.gate) return tools_.gate(workers);
    GateReading reading;
    reading.free_cores = std::numeric_limits<double>::quiet_NaN();
    return reading;
  }

  /// Makes one launch and returns the cause of its failure.  Returns nothing when the harness was
  /// interrupted meanwhile; nothing of the launch is then kept.
  std::optional<Cause> one_launch(std::int64_t block, std::int64_t number,
                                  const SampleChoice& samples, const GateReading& reading) {
    const Point& point = results_.points[static_cast<std::size_t>(number)];
    const std::filesystem::path folder = tools_.scratch;
    const Job job = tools_.job(point, samples.samples,
                               folder / fmt::format("launch-{}.jsonl", results_.launches.size()));
    Launch launch;
    launch.point = number;
    launch.block = block;
    launch.command = to_string(tools_.launcher->command(job));
    launch.started = now_utc();
    launch.free_cores = reading.free_cores;
    launch.sampling = samples.why;
    std::error_code ignored;  // a record that cannot be removed would be read as the launch's own
    std::filesystem::remove(job.record, ignored);
    const std::int64_t kills = oom_kills();
    Outcome outcome = tools_.launcher->run(job);
    if (outcome.interrupted || interrupted()) return std::nullopt;
    outcome.out_of_memory = oom_kills() > kills;
    Record record = read_record(job.record);
    std::filesystem::remove(job.record, ignored);

    const Assessment found = assess(point, job, outcome, record, facts_);
    launch.wall_s = outcome.wall_s;
    launch.exit_code = outcome.exit_code;
    launch.state = found.state;
    launch.reason = found.reason;
    launch.cause = found.cause;
    launch.lost_share = lost_share(record.header, record.samples, point.oversubscribed);
    const bool lost = launch.lost_share > 1 - measuring_.gate.free_share;  // not for NaN
    launch.busy = reading.busy || (measuring_.gate.enabled && lost);
    launch.header = std::move(record.header);
    launch.allocation = tools_.allocation;
    launch.nodes = granted_nodes(point);
    if (launch.nodes.empty()) launch.nodes = nodes_in(launch.header);
    if (found.state != State::ok) launch.log_tail = tail(outcome.log);
    if (!outcome.left_behind.empty()) {
      launch.reason +=
          fmt::format("{}it left processes running, which were ended: {}",
                      launch.reason.empty() ? "" : "; ", fmt::join(outcome.left_behind, ", "));
    }
    keep(std::move(launch), std::move(record.samples));
    return found.cause;
  }

  /// A full disk is waited out: the launch is worth more than the time.
  void append_patiently(const Launch& launch, const std::vector<Sample>& samples) {
    for (Backoff backoff(tools_.pause);;) {
      try {
        return journal_.append(launch, samples);
      } catch (const Error&) {
        if (interrupted() || backoff.waited_s() >= patience_s(Cause::file_system)) throw;
      }
      backoff.wait();
    }
  }

  void keep(Launch launch, std::vector<Sample> samples) {
    append_patiently(launch, samples);
    tallies_[static_cast<std::size_t>(launch.point)].add(launch, samples);
    give_sharers(results_.points, tallies_);
    launched_s_ += launch.wall_s;
    for (Sample& sample : samples) {
      sample.launch = static_cast<std::int64_t>(results_.launches.size());
      results_.samples.push_back(std::move(sample));
    }
    results_.launches.push_back(std::move(launch));
  }

  /// Reads the facts of a resumed campaign's launches again.
  void recall_facts() {
    const auto samples = samples_by_launch(results_);
    for (std::size_t i = 0; i < results_.launches.size(); ++i) {
      const Launch& launch = results_.launches[i];
      if (!gives_times(launch)) continue;
      facts_.enter(results_.points[static_cast<std::size_t>(launch.point)], launch.header,
                   samples[i]);
    }
  }

  void report(std::int64_t block, const Point* now, double pause_s = 0) const {
    if (!tools_.progress) return;
    Progress progress;
    for (const Point& point : results_.points) {
      (point.state == State::skipped ? progress.skipped : progress.points) += 1;
    }
    progress.launches = static_cast<std::int64_t>(results_.launches.size());
    progress.block = block;
    progress.now = now;
    progress.pause_s = pause_s;
    progress.elapsed_s = seconds_since(started_);
    const std::vector<std::int64_t> open = open_points();
    progress.points_done = progress.points - waiting_for(open);
    const double pace = pace_of_plan();
    double floor_s = 0;  // of the launches that are made whatever the campaign's budget
    for (const std::int64_t point : open) {
      const Tally& tally = tallies_[static_cast<std::size_t>(point)];
      progress.remaining_s += expected_s(tally, measuring_, pace * planned_s(point));
      const auto missing = static_cast<double>(measuring_.launches_min - tally.launches);
      floor_s += std::max(0.0, missing) * pace * planned_s(point);
      progress.widest = std::fmax(progress.widest, relative_half_width(tally));
    }
    progress.remaining_s *= overhead(progress.elapsed_s);
    progress.remaining_s = std::min(progress.remaining_s, std::max(floor_s, left_s()));
    tools_.progress(progress);
  }

  /// How many points wait for launches of these.
  std::int64_t waiting_for(const std::vector<std::int64_t>& open) const {
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < std::ssize(results_.points); ++i) {
      if (results_.points[static_cast<std::size_t>(i)].state == State::skipped) continue;
      count += std::ranges::binary_search(open, launched_as(results_.points, i)) ? 1 : 0;
    }
    return count;
  }

  double planned_s(std::int64_t point) const {
    return planned_launch_s(results_.points[static_cast<std::size_t>(point)], measuring_,
                            tools_.real_time);
  }

  /// How much longer launches took than planned, so far.
  double pace_of_plan() const {
    double spent_s = 0;
    double planned = 0;
    for (std::size_t i = 0; i < tallies_.size(); ++i) {
      if (results_.points[i].shares >= 0) continue;
      spent_s += tallies_[i].spent_s;
      planned +=
          static_cast<double>(tallies_[i].launches) * planned_s(static_cast<std::int64_t>(i));
    }
    return spent_s > 0 && planned > 0 ? spent_s / planned : 1;
  }

  /// How much longer the campaign takes than its launches: the gate, records, the journal.
  double overhead(double elapsed_s) const {
    double launches_s = 0;
    for (std::size_t i = earlier_launches_; i < results_.launches.size(); ++i) {
      launches_s += results_.launches[i].wall_s;
    }
    constexpr double enough_s = 1;
    return launches_s > enough_s ? std::max(1.0, elapsed_s / launches_s) : 1;
  }

  Results& results_;
  const Measuring& measuring_;
  const MeasureTools& tools_;
  Journal& journal_;
  FactBook facts_;
  std::vector<Tally> tallies_;
  std::set<std::int64_t> given_up_;  ///< points that what starts drivers keeps failing
  Clock::time_point started_ = Clock::now();
  double spent_before_s_ = spent_before(results_, measuring_.gate);
  double launched_s_ = 0;                                    ///< by launches of this run
  std::size_t earlier_launches_ = results_.launches.size();  ///< of the campaign that is resumed
};

}  // namespace

void measure(Results& results, const Measuring& measuring, const MeasureTools& tools,
             Journal& journal) {
  Run run(results, measuring, tools, journal);
  run.blocks();
  run.report_end();
  judge(results, measuring, run.ended());
  add_driver_environment(results);
}

}  // namespace scalelaw::harness
