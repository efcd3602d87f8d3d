// What launches make of a point: failures among good ones, and two centres in noise that has one.
#include "harness/measure/verdict.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// A launch of point 0 that ended in `state`.
Launch launch_that(State state, Cause cause = Cause::driver) {
  Launch launch;
  launch.state = state;
  launch.cause = state == State::ok ? Cause::none : cause;
  launch.wall_s = 1;
  return launch;
}

std::vector<Sample> samples_of(std::vector<double> totals_s) {
  std::vector<Sample> samples;
  for (const double total_s : totals_s) {
    samples.emplace_back().total_s = total_s;
  }
  return samples;
}

Measuring thirty_launches() {
  Measuring measuring;
  measuring.launches_min = measuring.launches_max = 30;
  measuring.budget_s = 1e9;
  return measuring;
}

/// The state after launches, each 'g'ood, 'c'rashed, 'i'nvalid, 't'imeout, 'w'rong, 's'hort, or a
/// failure of the 'l'auncher; all that come when no more is needed are ignored.
State state_after(const std::string& launches, const Measuring& measuring = thirty_launches()) {
  Tally tally;
  for (const char kind : launches) {
    if (!needs_launch(tally, measuring)) break;
    Launch launch = launch_that(State::ok);
    std::vector<Sample> samples = samples_of({1.0, 1.0, 1.0});
    if (kind == 'c') launch = launch_that(State::crashed);
    if (kind == 'i') launch = launch_that(State::invalid);
    if (kind == 't') launch = launch_that(State::timeout);
    if (kind == 'w') launch = launch_that(State::wrong_result);
    if (kind == 'l') launch = launch_that(State::crashed, Cause::launcher);
    if (kind == 's') {
      launch = launch_that(State::invalid);
      launch.header = {{"batch", 1}, {"timer", {{"resolution_s", 1e-8}}}};
      samples = samples_of({1e-6});
    }
    tally.add(launch, samples);
  }
  return state_of(tally, measuring);
}

std::string repeated(const std::string& pattern, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += pattern;
  return out;
}

TEST(Verdict, FailsAPointWhoseFailuresAreMany) {
  EXPECT_EQ(state_after("cc"), State::crashed);
  EXPECT_EQ(state_after("ii"), State::invalid);
  EXPECT_EQ(state_after("ci"), State::crashed);
  EXPECT_EQ(state_after("gcc"), State::crashed);
  EXPECT_EQ(state_after(repeated("gc", 15)), State::crashed);
  EXPECT_EQ(state_after("t"), State::timeout) << "to wait once more would be a waste";
  EXPECT_EQ(state_after(repeated("g", 29) + "w"), State::wrong_result) << "one is enough";
}

TEST(Verdict, ForgivesAFewFailuresAmongManyGoodLaunches) {
  for (const char* failure : {"c", "i", "t"}) {
    const std::string now_and_then = "ggggg" + std::string(failure) + "gggggggg";
    EXPECT_EQ(state_after(repeated(now_and_then, 3)), State::converged) << failure;
  }
  EXPECT_EQ(state_after("cggggggggcgggggggggc" + repeated("g", 20)), State::converged);
}

TEST(Verdict, RepeatsLaunchesThatTheClockCouldNotResolve) {
  // Six of twenty-two, as a busy machine made of a vector of 10000 elements on two threads.
  EXPECT_EQ(state_after("gsgggsggggsgggsggsgggsgg" + repeated("g", 20)), State::converged);
  Measuring two = thirty_launches();
  two.launches_min = two.launches_max = 2;
  EXPECT_EQ(state_after("ssgg", two), State::not_converged) << "they take no good one's place";
  EXPECT_EQ(state_after(repeated("sgsggs", 20)), State::converged) << "half of them";
  EXPECT_EQ(state_after(repeated("s", 30)), State::invalid) << "not for ever";
}

TEST(Verdict, CountsNoFailureThatIsNotTheDrivers) {
  EXPECT_EQ(state_after(repeated("lg", 30)), State::converged);
  EXPECT_EQ(state_after(repeated("l", 30)), State::pending);
  Measuring two = thirty_launches();
  two.launches_min = two.launches_max = 2;
  EXPECT_EQ(state_after("llgllgll", two), State::not_converged);
  for (const Cause cause : {Cause::launcher, Cause::scheduler, Cause::file_system, Cause::user}) {
    Tally tally;
    tally.add(launch_that(State::crashed, cause), {});
    EXPECT_EQ(tally.launches, 0) << to_string(cause);
    EXPECT_EQ(tally.of_others, 1) << to_string(cause);
  }
}

/// Launches whose logarithms are the quantiles of a normal distribution, in a mixed order.
std::vector<double> scattered(double noise, int launches) {
  std::vector<double> times;
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  for (int i = 0; i < launches; ++i) times.push_back(std::exp(noise * normal(random)));
  return times;
}

TEST(Hopeless, IsWhatEvenAllLaunchesAllowedWouldHardlyNarrow) {
  EXPECT_TRUE(is_hopeless(scattered(0.3, 12), 0.02, 30));
  EXPECT_FALSE(is_hopeless(scattered(0.3, 12), 0.02, 10'000)) << "so many would";
  EXPECT_FALSE(is_hopeless(scattered(0.02, 12), 0.02, 30));
  EXPECT_FALSE(is_hopeless(scattered(0.3, 7), 0.02, 7)) << "too few to have looked before";
  std::vector<double> late = scattered(0.001, 9);
  late.insert(late.end(), {1.5, 1.6, 1.7});
  EXPECT_FALSE(is_hopeless(late, 0.02, 12)) << "the noise has not stabilised";
}

/// Points that would converge if they had all launches are seldom given up.
TEST(Hopeless, SeldomGivesUpWhatWouldConverge) {
  constexpr int most = 30;
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal;
  for (const double noise : {0.02, 0.03, 0.04}) {
    int converging = 0, given_up = 0;
    for (int point = 0; point < 400; ++point) {
      std::vector<double> times;
      bool hopeless = false;
      while (times.size() < most) {
        times.push_back(std::exp(noise * normal(random)));
        hopeless = hopeless || (times.size() >= 8 && is_hopeless(times, 0.02, most));
      }
      if (!settled(times, 0.02)) continue;
      ++converging;
      given_up += hopeless;
    }
    EXPECT_GT(converging, 50);
    EXPECT_LE(given_up, converging / 10) << noise;
  }
}

TEST(Hopeless, EndsAPointOnlyWhereOthersGainByIt) {
  Measuring measuring;
  measuring.budget_s = 1e9;
  Tally tally;
  for (const double time_s : scattered(0.5, 12))
    tally.add(launch_that(State::ok), samples_of({time_s}));
  EXPECT_TRUE(needs_launch(tally, measuring));
  measuring.campaign_budget_s = 1000;
  EXPECT_FALSE(needs_launch(tally, measuring));
  EXPECT_EQ(state_of(tally, measuring), State::too_noisy);
  measuring.launches_max = 100'000;
  measuring.target_interval = 0.1;
  EXPECT_TRUE(needs_launch(tally, measuring)) << "with so many it would do";
  EXPECT_EQ(last_state_of(tally, measuring), State::not_converged);
}

TEST(Verdict, CountsNoLaunchThatIsSuperseded) {
  Tally tally;
  Launch old = launch_that(State::crashed);
  old.superseded = true;
  for (int i = 0; i < 5; ++i) tally.add(old, {});
  old = launch_that(State::ok);
  old.superseded = true;
  tally.add(old, samples_of({1, 1, 1}));
  EXPECT_EQ(tally.launches, 0);
  EXPECT_TRUE(tally.times.empty());
  EXPECT_EQ(tally.spent_s, 0);
}

/// Good launches of one second each, `count` in the allocation of a job.
void add_launches(Tally& tally, const std::string& job, int count) {
  Launch launch = launch_that(State::ok);
  launch.allocation = job;
  launch.nodes = {"n1"};
  for (int i = 0; i < count; ++i) tally.add(launch, samples_of({1, 1, 1}));
}

TEST(Verdict, CountsAllocationsWhereThereAreSeveral) {
  Measuring measuring = thirty_launches();
  measuring.launches_min = 1;
  Tally tally;
  for (int job = 1; job <= 5; ++job) add_launches(tally, "SLURM job " + std::to_string(job), 5);
  EXPECT_EQ(state_of(tally, measuring), State::pending) << "an interval needs six";
  EXPECT_TRUE(std::isnan(relative_half_width(tally)));
  add_launches(tally, "SLURM job 6", 1);
  EXPECT_EQ(state_of(tally, measuring), State::converged);
}

TEST(Verdict, EndsAPointWhoseIntervalNoLaunchInThisAllocationWouldNarrow) {
  Measuring measuring = thirty_launches();
  measuring.launches_min = 1;
  Tally tally;
  for (int job = 1; job <= 6; ++job) add_launches(tally, "SLURM job " + std::to_string(job), 1);
  add_launches(tally, "SLURM job 6", 1);
  EXPECT_TRUE(needs_launch(tally, measuring)) << "medians of allocations gain by a few launches";
  add_launches(tally, "SLURM job 6", 1);
  EXPECT_FALSE(needs_launch(tally, measuring));
}

/// Launches in another job until the point needs no more; how many these were.
int launches_in_second_job(Tally& tally, const Measuring& measuring) {
  int count = 0;
  for (; needs_launch(tally, measuring) && count < 100; ++count) {
    add_launches(tally, "SLURM job 2", 1);
  }
  return count;
}

TEST(Verdict, MeasuresAPointAnewWhoseJobWasCutBeforeItHadAnInterval) {
  Measuring measuring = thirty_launches();
  measuring.launches_min = 1;
  measuring.launches_max = 12;
  for (int cut_after = 1; cut_after <= 5; ++cut_after) {
    Tally tally;
    add_launches(tally, "SLURM job 1", cut_after);
    EXPECT_EQ(launches_in_second_job(tally, measuring), 8) << cut_after;
    EXPECT_EQ(state_of(tally, measuring), State::converged);
  }
}

TEST(Verdict, GivesEachAllocationOfACutPointItsOwnLaunchesAndBudget) {
  Measuring measuring = thirty_launches();
  measuring.launches_min = 1;
  measuring.launches_max = 6;
  Tally tally;
  add_launches(tally, "SLURM job 1", 5);
  EXPECT_EQ(launches_in_second_job(tally, measuring), 6);
  measuring.launches_max = 30;
  measuring.budget_s = 7;
  tally = Tally{};
  add_launches(tally, "SLURM job 1", 5);
  EXPECT_EQ(launches_in_second_job(tally, measuring), 7) << "a second each";
  tally = Tally{};
  add_launches(tally, "SLURM job 1", 7);
  EXPECT_EQ(launches_in_second_job(tally, measuring), 0) << "it has all that it may have";
}

TEST(Verdict, KnowsWhatIsDoneInAnotherAllocation) {
  Tally tally;
  add_launches(tally, "SLURM job 1", 5);
  EXPECT_FALSE(is_done_elsewhere(tally, "SLURM job 2 on n1")) << "it has no interval to lose";
  add_launches(tally, "SLURM job 1", 1);
  EXPECT_TRUE(is_done_elsewhere(tally, "SLURM job 2 on n1"));
  EXPECT_TRUE(is_done_elsewhere(tally, "SLURM job 1 on n2")) << "a job may get others";
  EXPECT_FALSE(is_done_elsewhere(tally, "SLURM job 1 on n1"));
  EXPECT_FALSE(is_done_elsewhere(Tally{}, ""));
}

TEST(Verdict, NamesAllocationsInItsReason) {
  Results results;
  results.points.emplace_back();
  for (int i = 0; i < 8; ++i) {
    Launch& launch = results.launches.emplace_back(launch_that(State::ok));
    launch.allocation = i < 4 ? "SLURM job 1" : "SLURM job 2";
    Sample& sample = results.samples.emplace_back();
    sample.launch = i;
    sample.total_s = 1;
  }
  judge(results, Measuring{}, {{0, "its job has ended"}});
  EXPECT_EQ(results.points[0].state, State::not_converged);
  EXPECT_EQ(results.points[0].reason,
            "8 launches in 2 allocations, and an interval needs 6 of these, or 6 launches in one; "
            "its job has ended");
  results.launches[2].allocation = results.launches[3].allocation = "SLURM job 2";
  results.points[0] = Point{};
  judge(results, Measuring{}, {{0, "its job has ended"}});
  EXPECT_EQ(results.points[0].state, State::converged);
  EXPECT_EQ(results.points[0].reason, "2 launches in 1 other allocation left out");
}

TEST(Verdict, SaysWhatEndedTheReplaysOfASimulatedPoint) {
  Measuring measuring;
  measuring.launches_min = 1;
  measuring.budget_s = 5;
  const auto reason_after = [&](int launches, TimeSource clock,
                                const std::map<std::int64_t, std::string>& ended = {}) {
    Results results;
    results.points.emplace_back().clock = clock;
    for (int i = 0; i < launches; ++i) {
      results.launches.push_back(launch_that(State::ok));
      results.launches.back().wall_s = 3;
      Sample& sample = results.samples.emplace_back();
      sample.launch = i;
      sample.total_s = 1;
    }
    judge(results, measuring, ended);
    EXPECT_EQ(results.points[0].state, State::not_converged);
    return results.points[0].reason;
  };
  EXPECT_EQ(reason_after(1, TimeSource::simulated),
            "1 launch, and an interval needs 6; [simulate] budget_s = 5 allows no more replays");
  EXPECT_EQ(reason_after(1, TimeSource::measured), "1 launch, and an interval needs 6");
  EXPECT_EQ(reason_after(1, TimeSource::simulated, {{0, "its job has ended"}}),
            "1 launch, and an interval needs 6; its job has ended");
  measuring.launches_max = 1;
  EXPECT_EQ(reason_after(1, TimeSource::simulated),
            "1 launch, and an interval needs 6; launches_max = 1 allows no more");
}

TEST(Verdict, CallsAPointWithoutLaunchesPendingWhateverHasEnded) {
  Results results;
  results.points.emplace_back();
  judge(results, Measuring{}, {{0, "its job has ended"}});
  EXPECT_EQ(results.points[0].state, State::pending);
  EXPECT_EQ(results.points[0].reason, "not started");
}

Results one_point(std::vector<Launch> launches) {
  Results results;
  results.points.emplace_back();
  results.launches = std::move(launches);
  judge(results, thirty_launches());
  return results;
}

TEST(Verdict, SaysWhyAPointIsPending) {
  EXPECT_EQ(one_point({}).points[0].reason, "not started");
  EXPECT_EQ(one_point({launch_that(State::crashed)}).points[0].reason,
            "interrupted after 1 launch");
  Launch other = launch_that(State::crashed, Cause::launcher);
  other.reason = "mpirun failed";
  EXPECT_EQ(one_point({launch_that(State::ok), other, other}).points[0].reason,
            "mpirun failed; tried 2 times; correct that, then --resume");
  other.cause = Cause::file_system;
  other.reason = "No space left on device";
  EXPECT_EQ(one_point({other}).points[0].reason,
            "No space left on device; tried 1 time; make room, then --resume");
}

TEST(Verdict, GivesTheDriversReasonOfAFailure) {
  Launch crash = launch_that(State::crashed), other = launch_that(State::crashed, Cause::launcher);
  crash.reason = "exit code 3: boom";
  other.reason = "mpirun failed";
  Launch old = launch_that(State::crashed);
  old.reason = "an old one";
  old.superseded = true;
  EXPECT_EQ(one_point({crash, crash, other, old}).points[0].reason, "exit code 3: boom");
}

/// Launches of `samples` samples each; `level` and `noise` are standard deviations of logarithms.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : random_(seed) {}

  /// `far`: how many times as long a pass is in the second of two modes; 1: there is one mode.
  Tally point(int launches, int samples, double level, double noise, double far = 1) {
    Tally tally;
    for (int i = 0; i < launches; ++i) {
      const double centre = std::exp(level * normal_(random_));
      std::vector<double> totals_s;
      for (int k = 0; k < samples; ++k) {
        const double mode = random_() % 2 == 0 ? far : 1;
        totals_s.push_back(mode * centre * std::exp(noise * normal_(random_)));
      }
      tally.add(launch_that(State::ok), samples_of(totals_s));
    }
    return tally;
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
};

/// The share of `points` points that are called unstable.
double unstable_share(int points, int launches, int samples, double level, double noise,
                      double far = 1) {
  Measuring measuring = thirty_launches();
  measuring.launches_min = measuring.launches_max = launches;
  Noise random(static_cast<std::uint64_t>(100 * launches + samples));
  int unstable = 0;
  for (int i = 0; i < points; ++i) {
    const Tally tally = random.point(launches, samples, level, noise, far);
    unstable += state_of(tally, measuring) == State::unstable ? 1 : 0;
  }
  return static_cast<double>(unstable) / points;
}

TEST(Verdict, CallsOneNormalNoiseUnstableInOneCaseOfAHundredAtMost) {
  const std::pair<int, int> shapes[] = {{2, 2}, {2, 3}, {2, 4},  {3, 2},  {6, 2}, {6, 3},
                                        {6, 4}, {6, 5}, {20, 2}, {20, 5}, {10, 1}};
  for (const auto& [launches, samples] : shapes) {
    for (const double level : {0.0, 0.05}) {
      EXPECT_LE(unstable_share(600, launches, samples, level, 0.05), 0.01)
          << launches << " launches of " << samples << " samples, level " << level;
    }
  }
}

TEST(Verdict, StillFindsTwoModes) {
  EXPECT_GE(unstable_share(100, 6, 5, 0.005, 0.01, 1.5), 0.6);
  EXPECT_GE(unstable_share(100, 20, 5, 0.005, 0.01, 1.5), 0.95);
  EXPECT_GE(unstable_share(100, 20, 1, 0.0, 0.01, 1.5), 0.9) << "among launches";
}

}  // namespace
}  // namespace scalelaw::harness
