#include "harness/measure/assess.hpp"

#include <gtest/gtest.h>

#include "support/models.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// A launch of dot_product on one thread that ended well.
struct GoodLaunch {
  GoodLaunch() {
    point.id = "dot";
    point.kernel = "dot_product";
    point.model = models::serial;
    job.timeout_s = 5;
    record.ended = true;
    record.header = {{"kernel", "dot_product"},
                     {"model", "serial"},
                     {"implementation", "scalelaw"},
                     {"params", {{"length", 10}}},
                     {"seed", 1},
                     {"batch", 1},
                     {"timer", {{"resolution_s", 1e-8}}},
                     {"ranks",
                      {{{"rank", 0},
                        {"host", "a"},
                        {"threads", {{{"thread", 0}, {"cpus", "0"}, {"last_cpu", 0}}}}}}}};
    Sample& sample = record.samples.emplace_back();
    sample.total_s = 1;
    sample.verified = true;
    sample.facts = {{"sum", "1"}};
  }
  Assessment assess(FactBook& facts) const {
    return harness::assess(point, job, outcome, record, facts);
  }
  Assessment assess() const {
    FactBook facts;
    return assess(facts);
  }
  Point point;
  Job job;
  Outcome outcome;
  Record record;
};

void expect(const GoodLaunch& launch, State state, const std::string& says) {
  const Assessment found = launch.assess();
  EXPECT_EQ(found.state, state) << found.reason;
  EXPECT_NE(found.reason.find(says), std::string::npos) << found.reason;
}

TEST(Assess, FindsAGoodLaunchGood) {
  EXPECT_EQ(GoodLaunch().assess().state, State::ok);
  EXPECT_EQ(GoodLaunch().assess().reason, "");
  EXPECT_EQ(GoodLaunch().assess().cause, Cause::none);
}

TEST(Assess, JudgesByTheExit) {
  GoodLaunch launch;
  launch.outcome.timed_out = true;
  launch.outcome.exit_code = 137;
  expect(launch, State::timeout, "killed after 5.00 s");
  launch.outcome = {};
  launch.outcome.exit_code = 139;
  expect(launch, State::crashed, "signal 11 (Segmentation fault)");
  launch.outcome.exit_code = 3;
  launch.outcome.log =
      "noise\nscalelaw-mpi: rank 1: out of memory\n  hint: use less\nmpirun: bye\n";
  expect(launch, State::crashed, "exit code 3: scalelaw-mpi: rank 1: out of memory");
  launch.outcome.exit_code = 1;
  launch.outcome.log = "scalelaw-mpi: unknown option\n\n";
  expect(launch, State::crashed, "refused its input: scalelaw-mpi: unknown option");
  launch.outcome.log = "mpirun: no room\n-------\n\n";
  expect(launch, State::crashed, "exit code 1: mpirun: no room");
  launch.outcome.exit_code = 2;
  expect(launch, State::wrong_result, "wrong result");
}

TEST(Assess, SaysWhoseFaultAFailureWas) {
  GoodLaunch launch;
  launch.outcome.exit_code = 1;
  EXPECT_EQ(launch.assess().cause, Cause::driver);
  launch.outcome.via = "mpirun";
  launch.record = {};
  launch.record.fault = "the driver left no record";
  EXPECT_EQ(launch.assess().cause, Cause::launcher);
  expect(launch, State::crashed, "mpirun failed, not the driver (exit code 1): it printed nothing");
  launch.outcome.log = "ssh: Could not resolve hostname n7: Name or service not known\n";
  expect(launch, State::crashed, "): ssh: Could not resolve hostname n7");
  launch.outcome.via = "srun";
  launch.outcome.log = "srun: error: task 2 launch failed: Unspecified error\n";
  launch.outcome.exit_code = 0;
  EXPECT_EQ(launch.assess().cause, Cause::scheduler);
  expect(launch, State::crashed, "SLURM failed, not the driver (the driver left no record)");
  launch.outcome = {};
  launch.outcome.exit_code = 3;
  launch.outcome.log = "scalelaw-mpi: cannot write the record 'r': No space left on device\n";
  EXPECT_EQ(launch.assess().cause, Cause::file_system);
  launch.outcome = {};
  launch.record.fault = "the record cannot be read: r: Too many open files";
  launch.record.refused = true;
  EXPECT_EQ(launch.assess().cause, Cause::file_system);
  expect(launch, State::crashed, "not the driver: the record cannot be read: r: Too many");
  launch.record.refused = false;
  EXPECT_EQ(launch.assess().cause, Cause::driver);
  launch.outcome = {};
  launch.outcome.exit_code = 143;
  EXPECT_EQ(launch.assess().cause, Cause::user);
}

TEST(Assess, SaysThatMemoryWasShort) {
  GoodLaunch launch;
  launch.outcome.exit_code = 137;
  EXPECT_EQ(launch.assess().reason, "killed by signal 9 (Killed)");
  launch.outcome.out_of_memory = true;
  expect(launch, State::crashed,
         "signal 9 (Killed); meanwhile the system ended a process because memory ran out");
  EXPECT_EQ(launch.assess().cause, Cause::driver);
}

TEST(Assess, TakesOnlyADriverThatRanForOneWithAWrongResult) {
  GoodLaunch launch;
  launch.outcome.exit_code = 2;
  launch.outcome.log = "solver: error: the following arguments are required: --size\n";
  launch.record = {};
  expect(launch, State::crashed, "exit code 2: solver: error: the following arguments");
}

TEST(Assess, JudgesByTheRecord) {
  GoodLaunch unfinished;
  unfinished.record.fault = "the record has no end";
  expect(unfinished, State::crashed, "no end");
  GoodLaunch wrong;
  wrong.record.samples[0].verified = false;
  wrong.record.samples[0].fault = "the sum is 2, not 1";
  expect(wrong, State::wrong_result, "sample 0: the sum is 2, not 1");
  GoodLaunch empty;
  empty.record.samples.clear();
  expect(empty, State::crashed, "no samples");
  GoodLaunch other;
  other.record.header["kernel"] = "prime_sieve";
  expect(other, State::invalid, "kernel prime_sieve ran, not dot_product");
  GoodLaunch model;
  model.record.header["model"] = "mpi";
  expect(model, State::invalid, "model mpi ran, not serial");
  GoodLaunch two;
  two.point.placement.threads = 2;
  expect(two, State::invalid, "had 1 thread, not 2");
}

TEST(Assess, RefusesSamplesThatTheClockCannotResolve) {
  GoodLaunch launch;
  launch.record.samples[0].total_s = 9e-6;
  expect(launch, State::invalid, "less than 1000 times the clock's resolution");
  EXPECT_EQ(launch.assess().reason.find("--batch"), std::string::npos) << "no config key sets it";
  EXPECT_NE(launch.assess().reason.find("choose a larger size"), std::string::npos);
  launch.record.header["batch"] = 10;  // ten passes were timed together
  EXPECT_EQ(launch.assess().state, State::ok);
  GoodLaunch exact;
  exact.record.header["timer"]["resolution_s"] = 0;
  exact.record.samples[0].total_s = 1e-12;
  EXPECT_EQ(exact.assess().state, State::ok);
}

TEST(FactBook, HoldsAllPlacementsAndModelsToTheSameFacts) {
  FactBook facts;
  GoodLaunch first, second;
  EXPECT_EQ(first.assess(facts).state, State::ok);
  second.point.id = "dot on another model";
  second.record.header["model"] = "openmp";
  second.point.model = models::openmp;
  EXPECT_EQ(second.assess(facts).state, State::ok);
  second.record.samples[0].facts["sum"] = "1.0000000000000002";
  const Assessment found = second.assess(facts);
  EXPECT_EQ(found.state, State::wrong_result);
  EXPECT_EQ(found.reason, "sample 0: sum = 1.0000000000000002, but 1 in dot");
}

TEST(FactBook, ComparesOnlyWhatIsComparable) {
  FactBook facts;
  EXPECT_EQ(GoodLaunch().assess(facts).state, State::ok);
  GoodLaunch longer;
  longer.record.header["params"]["length"] = 11;
  longer.record.samples[0].facts["sum"] = "2";
  EXPECT_EQ(longer.assess(facts).state, State::ok);
  GoodLaunch seeded;
  seeded.record.header["seed"] = 2;
  seeded.record.samples[0].facts["sum"] = "3";
  EXPECT_EQ(seeded.assess(facts).state, State::ok);
  GoodLaunch peer;  // rounds in its own way
  peer.point.implementation = "openblas";
  peer.record.header["implementation"] = "openblas";
  peer.record.samples[0].facts["sum"] = "1.5";
  EXPECT_EQ(peer.assess(facts).state, State::ok);
}

TEST(FactBook, HoldsAllPlacementsOfACommandToItsCheck) {
  FactBook facts;
  GoodLaunch first;
  first.point.implementation = first.point.primary = "jacobi";
  first.record.header.update({{"implementation", "jacobi"}, {"agreement", "placements"}});
  GoodLaunch second = first;
  second.point.id = "dot on two";
  EXPECT_EQ(first.assess(facts).state, State::ok);
  EXPECT_EQ(second.assess(facts).state, State::ok);
  second.record.samples[0].facts["sum"] = "1.0001";
  EXPECT_EQ(second.assess(facts).reason, "sample 0: sum = 1.0001, but 1 in dot");
  second.record.header["tolerance"] = 1e-3;
  EXPECT_EQ(second.assess(facts).state, State::ok);
  second.record.samples[0].facts["sum"] = "1.01";
  EXPECT_EQ(second.assess(facts).state, State::wrong_result);
  second.record.samples[0].facts["sum"] = "one";
  EXPECT_EQ(second.assess(facts).state, State::wrong_result);
  second.record.header["agreement"] = "point";
  EXPECT_EQ(second.assess(facts).state, State::ok);
}

TEST(FactBook, ComparesNoFactsOfSamplesThatHaveTheirOwn) {
  FactBook facts;
  GoodLaunch race;
  race.record.header["agreement"] = "sample";
  EXPECT_EQ(race.assess(facts).state, State::ok);
  race.record.samples[0].facts["sum"] = "2";
  EXPECT_EQ(race.assess(facts).state, State::ok);
  GoodLaunch other;  // another driver's are not held to them either
  EXPECT_EQ(other.assess(facts).state, State::ok);
  other.record.samples[0].facts["sum"] = "2";
  EXPECT_EQ(other.assess(facts).state, State::wrong_result);
}

TEST(FactBook, ComparesImplementationsThatAgreeOnTheKernel) {
  FactBook facts;
  GoodLaunch ours;
  GoodLaunch peer;
  peer.point.implementation = "pool";
  peer.point.id = "dot by a pool";
  peer.record.header.update(
      {{"implementation", "pool"}, {"agreement", "kernel"}, {"tolerance", 1e-9}});
  peer.record.samples[0].facts["sum"] = "1.0000000001";
  GoodLaunch other = peer;
  other.point.implementation = "ranks";
  other.record.header["implementation"] = "ranks";
  other.record.samples[0].facts["sum"] = "1.0000000002";
  // Whoever comes first: within the larger tolerance of the two.
  EXPECT_EQ(peer.assess(facts).state, State::ok);
  EXPECT_EQ(ours.assess(facts).state, State::ok);
  EXPECT_EQ(other.assess(facts).state, State::ok);
  other.record.samples[0].facts["sum"] = "1.01";
  EXPECT_EQ(other.assess(facts).reason, "sample 0: sum = 1.01, but 1.0000000002 in dot by a pool");
  FactBook anew;
  EXPECT_EQ(ours.assess(anew).state, State::ok);
  EXPECT_EQ(other.assess(anew).reason, "sample 0: sum = 1.01, but 1 in dot");
}

TEST(Assess, FindsACommandThatStartsMoreThreadsThanItWasToldTo) {
  GoodLaunch launch;
  launch.record.header["binding"] = "observed";
  RankTimes rank{.rank = 0, .total_s = 1};
  rank.process_s = 1;
  rank.user_s = 1;
  rank.system_s = 0.1;
  launch.record.samples[0].ranks = {rank};
  EXPECT_EQ(launch.assess().state, State::ok);
  launch.record.samples[0].ranks[0].user_s = 1.9;
  expect(launch, State::invalid, "rank 0 kept 2.0 processors busy with 1 thread asked for");
  launch.point.oversubscribed = true;
  EXPECT_EQ(launch.assess().state, State::ok);
  launch.point.oversubscribed = false;
  launch.record.header["binding"] = "asked";  // our own drivers' threads are counted by their masks
  EXPECT_EQ(launch.assess().state, State::ok);
}

TEST(FactBook, FindsSamplesOfOneLaunchThatDiffer) {
  FactBook facts;
  GoodLaunch launch;
  launch.record.samples.push_back(launch.record.samples[0]);
  launch.record.samples[1].index = 1;
  EXPECT_EQ(launch.assess(facts).state, State::ok);
  launch.record.samples[1].facts["extra"] = "x";
  EXPECT_EQ(launch.assess(facts).state, State::wrong_result);
  launch.record.samples[1].facts.clear();
  EXPECT_EQ(launch.assess(facts).state, State::wrong_result);
}

}  // namespace
}  // namespace scalelaw::harness
