// Job scripts whose every word comes from a hostile config, and how plans are cut, kept and joined.
#include "harness/batch/batch.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "common/error.hpp"
#include "harness/batch/find.hpp"
#include "harness/batch/queue.hpp"
#include "harness/batch/scheduler.hpp"
#include "harness/batch/schedulers/slurm.hpp"
#include "harness/config/parse.hpp"
#include "harness/launch/slurm_faults.hpp"
#include "harness/process/process.hpp"
#include "harness/statistics/summary.hpp"
#include "harness/store/journal.hpp"
#include "harness/store/output_path.hpp"
#include "harness/store/results_file.hpp"
#include "support/message.hpp"
#include "support/models.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> hostile{"a b",        "it's",      "\"quoted\"",  "; touch x",
                                       "$(touch x)", "`touch x`", "back\\slash", "# no comment",
                                       "@COMMAND@",  "*",         "${HOME}",     "%j"};

Campaign campaign_of(const std::string& slurm) {
  return parse_campaign("[campaign]\nname = \"c\"\n[slurm]\n" + slurm +
                            "\n[[experiment]]\nkernel = \"dot_product\"\n",
                        "c.toml");
}

std::string slurm_script(const BatchJob& job, const Campaign& campaign, const JobScript& script) {
  return job_script(find_scheduler("slurm"), job, campaign, script);
}

QueuedJob slurm_job(const std::string& state) {
  return parse_squeue("1|" + state + "|None|/j").at("1");
}

class Script : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = temporary_ / "scalelaw batch $(touch x) ';";
    fs::create_directories(folder_);
  }

  Printed run(const std::string& script) const {
    std::ofstream(folder_ / "job") << script;
    return read_process({{"env", "-C", folder_, "bash", "job"}, {}, {}}, 10);
  }

  TemporaryFolder temporary_;
  fs::path folder_;
};

TEST_F(Script, GivesTheShellEveryWordAsItIs) {
  Campaign campaign = campaign_of("");
  std::string all;
  for (const std::string& word : hostile) all += word;
  campaign.name = all;
  campaign.slurm.account = campaign.slurm.partition = campaign.slurm.constraint = all;
  campaign.slurm.directives = {"--comment=" + all};
  JobScript script{folder_, folder_, {"/usr/bin/printf", "<%s>\n"}};
  script.command.insert(script.command.end(), hostile.begin(), hostile.end());
  const Printed printed = run(slurm_script({"nodes-2", 2, 5, 1, 1, 0, ""}, campaign, script));
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  std::string expected;
  for (const std::string& word : hostile) expected += "<" + word + ">\n";
  EXPECT_EQ(printed.out, expected);
  EXPECT_FALSE(fs::exists(folder_ / "x"));
}

TEST_F(Script, RunsTheConfigsOwnLinesFirst) {
  const Campaign campaign = campaign_of("setup = [\"x=1; y=2\", \"export z=$((x + y))\"]");
  const JobScript script{folder_, folder_, {"printenv", "z"}};
  EXPECT_EQ(run(slurm_script({"all", 1, 5, 1, 1, 0, ""}, campaign, script)).out, "3\n");
}

TEST_F(Script, GoesOnWithAJournalAndLeavesACompleteJobAlone) {
  const Campaign campaign = campaign_of("");
  const std::string script =
      slurm_script({"all", 1, 5, 1, 1, 0, ""}, campaign, {folder_, folder_, {"echo", "run"}});
  EXPECT_EQ(run(script).out, "run\n");
  std::ofstream(folder_ / "all.h5.journal") << "x";
  EXPECT_EQ(run(script).out, "run --resume\n");
  std::ofstream(folder_ / "all.h5") << "x";
  EXPECT_EQ(run(script).out, "run --resume\n") << "a partial file beside its journal";
  fs::remove(folder_ / "all.h5.journal");
  EXPECT_EQ(run(script).out, (folder_ / "all.h5").string() + " is complete\n");
}

TEST(JobScript, AsksForWhatTheConfigSays) {
  const Campaign campaign = campaign_of(
      "account = \"my project\"\npartition = \"p\"\nqos = \"q\"\nconstraint = \"a&b\"\n"
      "requeue = false\nend_s = 90\ndirectives = \"--mail-type=END\"");
  const std::string script =
      slurm_script({"nodes-4", 4, 61, 9, 8, 900, ""}, campaign, {"/f", "/w", {"run"}});
  for (const char* line :
       {"#SBATCH --job-name=\"c nodes-4\"\n", "#SBATCH --nodes=4\n", "#SBATCH --time=0-01:01:00\n",
        "#SBATCH --account=\"my project\"\n", "#SBATCH --partition=p\n", "#SBATCH --qos=q\n",
        "#SBATCH --constraint=\"a&b\"\n", "#SBATCH --exclusive\n#SBATCH --mem=0\n",
        "#SBATCH --no-requeue\n", "#SBATCH --signal=B:USR1@90\n", "#SBATCH --mail-type=END\n",
        "#SBATCH --output=/f/nodes-4.log\n"}) {
    EXPECT_NE(script.find(line), std::string::npos) << line << script;
  }
  const std::string shared =
      slurm_script({"nodes-4", 4, 61, 9, 8, 900, ""},
                   campaign_of("exclusive = false\ntime = \"10\""), {"/f", "/w", {"run"}});
  EXPECT_NE(shared.find("#SBATCH --ntasks-per-node=1\n#SBATCH --cpus-per-task=8\n"
                        "#SBATCH --mem=900M\n"),
            std::string::npos)
      << shared;
  EXPECT_NE(shared.find("#SBATCH --time=10\n"), std::string::npos);
  EXPECT_EQ(shared.find("--exclusive"), std::string::npos);
}

TEST(JobScript, RefusesWhatWouldBreakALine) {
  EXPECT_THROW(campaign_of("account = \"a\\nrm -r x\""), Error);
  EXPECT_THROW(campaign_of("directives = [\"--comment=a\\nrm\"]"), Error);
  EXPECT_THROW(campaign_of("directives = [\"rm\"]"), Error);
  EXPECT_THROW(campaign_of("time = \"soon\""), Error);
}

Point point_of(const std::string& id, std::int64_t nodes) {
  Point point;
  point.id = id;
  point.kernel = "dot_product";
  point.model = models::mpi;
  point.placement = {nodes, 2, 1};
  point.options = nlohmann::json::object();
  point.work = {{"resident_bytes", 1 << 20}};
  return point;
}

TEST(JobScript, KeepsSlurmFromPuttingNumbersIntoItsLogsPath) {
  const BatchJob job{"all", 1, 5, 1, 1, 0, ""};
  EXPECT_NE(slurm_script(job, campaign_of(""), {"/a %j", "/w", {"run"}})
                .find("#SBATCH --output=\"/a %%j/all.log\"\n"),
            std::string::npos);
  EXPECT_THROW(slurm_script(job, campaign_of(""), {"/a\\b", "/w", {"run"}}), Error);
}

TEST(Batch, CutsAPlanByNodes) {
  const std::vector<Point> points{point_of("a", 1), point_of("b", 4), point_of("c", 4)};
  const SlurmNode node{8, 4, 2, std::int64_t{1} << 34};
  Campaign campaign = campaign_of("exclusive = false");
  const std::vector<BatchJob> jobs =
      cut_into_jobs(points, campaign.measuring, campaign.slurm, node);
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].name, "nodes-1");
  EXPECT_EQ(jobs[1].nodes, 4);
  EXPECT_EQ(jobs[1].points, 2);
  EXPECT_EQ(jobs[1].cpus, 4) << "two cores of two hardware threads";
  // Two points of 60 s, a minute around them, with the margin of a half, and a minute to end in.
  EXPECT_EQ(jobs[1].time_limit_min, 6);
  campaign.measuring.campaign_budget_s = 90;  // of which two of three points have 60 s
  EXPECT_EQ(cut_into_jobs(points, campaign.measuring, campaign.slurm, node)[1].time_limit_min, 4);
  campaign.slurm.jobs = JobCut::single;
  const std::vector<BatchJob> single =
      cut_into_jobs(points, campaign.measuring, campaign.slurm, node);
  ASSERT_EQ(single.size(), 1U);
  EXPECT_EQ(single[0].nodes, 4);
  EXPECT_EQ(single[0].points, 3);
}

TEST(Batch, HasAJobForEachAllocationWithItsShareOfTheLaunches) {
  const std::vector<Point> points{point_of("a", 1), point_of("b", 4), point_of("c", 4)};
  Campaign campaign = campaign_of("allocations = 6");
  campaign.measuring.launches_max = 32;
  campaign.measuring.campaign_budget_s = 600;
  const std::vector<BatchJob> jobs =
      cut_into_jobs(points, campaign.measuring, campaign.slurm, {8, 8, 1, 1 << 30});
  ASSERT_EQ(jobs.size(), 12U);
  EXPECT_EQ(jobs[0].name, "nodes-1-1");
  EXPECT_EQ(jobs[11].name, "nodes-4-6");
  EXPECT_EQ(jobs[11].points, 2);
  // A sixth of two points' 60 s, a minute around them, with the margin, and a minute to end in.
  EXPECT_EQ(jobs[11].time_limit_min, 3);
  const Measuring share = measuring_of_job(campaign.measuring, campaign.slurm);
  EXPECT_EQ(share.launches_max, 6) << "36 in all";
  EXPECT_EQ(share.launches_min, 1);
  EXPECT_EQ(share.budget_s, 10);
  EXPECT_EQ(share.campaign_budget_s, 100);
  campaign.slurm.allocations = 1;
  EXPECT_EQ(measuring_of_job(campaign.measuring, campaign.slurm).launches_max, 32);
}

TEST(Batch, SaysWhichNumbersOfAllocationsHaveNoInterval) {
  for (const int count : {1, 6, 7}) {
    const Campaign campaign = campaign_of("allocations = " + std::to_string(count));
    EXPECT_TRUE(notes_on_allocations(campaign.slurm, "[slurm]").empty()) << count;
  }
  for (const int count : {2, 5}) {
    const Campaign campaign = campaign_of("allocations = " + std::to_string(count));
    const std::vector<std::string> notes = notes_on_allocations(campaign.slurm, "[slurm]");
    ASSERT_EQ(notes.size(), 1U) << count;
    EXPECT_TRUE(notes[0].ends_with("write allocations = 6, or 1")) << notes[0];
  }
}

TEST(Batch, AsksForNoTimeLimitThatIsInfiniteOrBeyondWhatSlurmCounts) {
  const std::vector<Point> points{point_of("a", 1)};
  const SlurmNode node{8, 4, 2, std::int64_t{1} << 34};
  Campaign campaign = campaign_of("");
  const auto limit_line = [&] {
    const BatchJob job = cut_into_jobs(points, campaign.measuring, campaign.slurm, node).at(0);
    const std::string script = slurm_script(job, campaign, {"/a", "/w", {"run"}});
    const std::size_t at = script.find("#SBATCH --time");
    return at == std::string::npos ? "none" : script.substr(at, script.find('\n', at) - at);
  };
  EXPECT_EQ(limit_line(), "#SBATCH --time=0-00:04:00");
  for (const double huge : {std::numeric_limits<double>::infinity(), 1e300, 1e18, 1e12}) {
    campaign.measuring.budget_s = huge;
    EXPECT_EQ(limit_line(), "none") << huge;
  }
  campaign.measuring.budget_s = 60;
  campaign.slurm.margin = std::numeric_limits<double>::infinity();
  EXPECT_EQ(limit_line(), "none");
  campaign.slurm.time = "UNLIMITED";
  EXPECT_EQ(limit_line(), "#SBATCH --time=UNLIMITED");
  campaign = campaign_of("margin = 1");
  campaign.measuring.budget_s = 1e10;  // long, and still a number of minutes
  EXPECT_EQ(limit_line(), "#SBATCH --time=115740-17:49:00");
}

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    batch_.folder = temporary_.path();
    const Campaign campaign = campaign_of("");
    batch_.plan.name = campaign.name;
    batch_.plan.config_text = campaign.text;
    batch_.plan.points = {point_of("a", 1), point_of("b", 4)};
    batch_.jobs =
        cut_into_jobs(batch_.plan.points, campaign.measuring, campaign.slurm, {8, 8, 1, 1 << 30});
  }
  /// A journal of job `number` with one launch, that tells `fact`.
  void measure(std::size_t number, const std::string& fact) const {
    Results part = batch_.plan;
    part.points = {batch_.plan.points[number]};
    Journal journal = Journal::begin(journal_path(batch_.file(batch_.jobs[number], ".h5")), part);
    Launch launch;
    launch.header = {{"params", {{"length", 10}}}, {"seed", 1}};
    Sample sample;
    sample.total_s = 1;
    sample.verified = true;
    sample.facts = {{"sum", fact}};
    journal.append(launch, {sample});
  }

  TemporaryFolder temporary_;
  Batch batch_;
};

TEST_F(Folder, IsReadAsItWasWritten) {
  batch_.jobs[1].id = "17";
  write_batch(batch_);
  const Batch read = find_batch(batch_.folder).what;
  EXPECT_EQ(read.folder, batch_.folder);
  EXPECT_EQ(read.plan.config_text, batch_.plan.config_text);
  ASSERT_EQ(read.plan.points.size(), 2U);
  EXPECT_EQ(read.plan.points[1].id, "b");
  ASSERT_EQ(read.jobs.size(), 2U);
  EXPECT_EQ(read.jobs[1].id, "17");
  EXPECT_EQ(read.jobs[1].nodes, 4);
  EXPECT_THROW(find_batch("/nowhere"), Error);
}

/// Six jobs of one point, on nodes that differ by a fifth; those from `open` on are not complete,
/// and the first `skipping` could not measure it.
Results collected(const std::filesystem::path& folder, std::size_t open, std::size_t skipping = 0) {
  Batch batch;
  const Campaign campaign = campaign_of("allocations = 6");
  batch.folder = folder;
  batch.plan.config_text = campaign.text;
  batch.plan.points = {point_of("a", 1)};
  batch.plan.points[0].reason = "size auto";
  batch.jobs =
      cut_into_jobs(batch.plan.points, campaign.measuring, campaign.slurm, {8, 8, 1, 1 << 30});
  for (std::size_t job = 0; job < batch.jobs.size(); ++job) {
    Results part = batch.plan;
    for (int i = 0; i < 5; ++i) {
      Launch& launch = part.launches.emplace_back();
      launch.allocation = "SLURM job " + std::to_string(job);
      launch.nodes = {"n" + std::to_string(job)};
      Sample& sample = part.samples.emplace_back();
      sample.launch = i;
      sample.total_s = 1 + 0.2 * static_cast<double>(job) + 0.001 * i;
      sample.verified = true;
    }
    const std::string output = batch.file(batch.jobs[job], ".h5");
    if (job < skipping) {
      part.launches.clear();
      part.samples.clear();
      part.points[0].state = State::skipped;
      part.points[0].reason = "8 ranks, 4 cores";
      write_results(output, part);
      continue;
    }
    if (job < open) {
      part.points[0].state = State::not_converged;
      write_results(output, part);
      continue;
    }
    Results plan = part;
    plan.launches.clear();
    plan.samples.clear();
    Journal journal = Journal::begin(journal_path(output), plan);
    for (std::size_t i = 0; i < 5; ++i) journal.append(part.launches[i], {part.samples[i]});
  }
  return collect(batch);
}

TEST(Collect, CountsTheAllocationsOfItsJobs) {
  const TemporaryFolder folder;
  const Results results = collected(folder.path(), 6);
  ASSERT_EQ(results.launches.size(), 30U);
  EXPECT_EQ(results.launches.back().nodes, std::vector<std::string>{"n5"});
  const Summary summary = summarize(results, 0);
  EXPECT_EQ(summary.allocations, 6U);
  ASSERT_TRUE(summary.interval_s);
  EXPECT_DOUBLE_EQ(summary.interval_s->low, 1.002) << "the range of the allocations' medians";
  EXPECT_DOUBLE_EQ(summary.interval_s->high, 2.002);
  EXPECT_EQ(results.points[0].state, State::not_converged);
  EXPECT_TRUE(results.points[0].reason.ends_with("; its jobs have ended"))
      << results.points[0].reason;
}

TEST(Collect, LeavesAPointPendingWhileOneOfItsJobsGoesOn) {
  const TemporaryFolder folder;
  const Results results = collected(folder.path(), 5);
  EXPECT_EQ(results.points[0].state, State::pending);
  EXPECT_EQ(results.points[0].reason, "size auto; complete in 5 of 6 allocations")
      << "the plan's note stays";
}

TEST(Collect, SkipsAPointThatAllItsJobsSkipped) {
  const TemporaryFolder folder;
  const Results results = collected(folder.path(), 6, 6);
  EXPECT_EQ(results.points[0].state, State::skipped);
  EXPECT_EQ(results.points[0].reason, "8 ranks, 4 cores");
}

TEST(Collect, CountsNoJobThatSkippedAPoint) {
  const TemporaryFolder folder;
  const Results results = collected(folder.path(), 6, 1);
  EXPECT_EQ(results.points[0].state, State::pending);
  EXPECT_EQ(results.points[0].reason,
            "size auto; complete in 5 of 6 allocations, skipped in 1: 8 ranks, 4 cores");
}

TEST_F(Folder, CollectsAPointThatItsOnlyJobSkipped) {
  Results part = batch_.plan;
  part.points = {batch_.plan.points[1]};
  part.points[0].state = State::skipped;
  part.points[0].reason = "4 nodes, 2 granted";
  write_results(batch_.file(batch_.jobs[1], ".h5"), part);
  const Results results = collect(batch_);
  EXPECT_EQ(results.points[1].state, State::skipped);
  EXPECT_EQ(results.points[1].reason, "4 nodes, 2 granted");
  EXPECT_EQ(results.points[0].reason, "not started");
}

TEST_F(Folder, CollectsWhatThereIs) {
  measure(1, "1.5");
  const Results results = collect(batch_);
  ASSERT_EQ(results.launches.size(), 1U);
  EXPECT_EQ(results.launches[0].point, 1);
  EXPECT_EQ(results.samples.at(0).launch, 0);
  EXPECT_EQ(results.points[0].state, State::pending);
  EXPECT_EQ(results.points[0].reason, "not started");
  EXPECT_EQ(results.points[1].reason, "interrupted after 1 launch");
}

TEST_F(Folder, HoldsTheJobsResultsAgainstEachOther) {
  measure(0, "1.5");
  measure(1, "1.5");
  EXPECT_EQ(collect(batch_).launches.at(1).state, State::ok);
  fs::remove(journal_path(batch_.file(batch_.jobs[1], ".h5")));
  measure(1, "1.25");
  const Results results = collect(batch_);
  EXPECT_EQ(results.launches.at(1).state, State::wrong_result);
  EXPECT_EQ(results.points[1].state, State::wrong_result);
}

TEST_F(Folder, RefusesTimesThatAJobInvented) {
  batch_.plan.points[1].clock = TimeSource::pretended;
  measure(1, "1.5");
  EXPECT_EQ(collect(batch_).points[1].clock, TimeSource::pretended);
  batch_.plan.points[1].clock = TimeSource::measured;
  EXPECT_NE(message_of([&] {
              (void)collect(batch_);
            }).find("times of 'b' are pretended, and the plan's are measured"),
            std::string::npos);
}

TEST(Queue, IsReadWhateverThePathsAre) {
  const auto queue = parse_squeue("12|RUNNING|None|/a|b $(x)/j.sbatch\n13|NODE_FAIL|NodeDown|/c\n");
  ASSERT_EQ(queue.size(), 2U);
  EXPECT_EQ(queue.at("12").script, "/a|b $(x)/j.sbatch");
  EXPECT_TRUE(queue.at("12").alive(true));
  EXPECT_FALSE(queue.at("13").alive(true));
}

/// All that squeue(1) of SLURM 22.05 lists under JOB STATE CODES.
TEST(Queue, KnowsEveryStateOfTheManual) {
  const std::map<JobStage, std::vector<std::string>> states{
      {JobStage::queued, {"PENDING", "CONFIGURING", "RESV_DEL_HOLD"}},
      {JobStage::running, {"RUNNING", "RESIZING", "SIGNALING", "STOPPED", "SUSPENDED"}},
      {JobStage::ending, {"COMPLETING", "STAGE_OUT"}},
      {JobStage::requeued, {"REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT"}},
      {JobStage::ended,
       {"BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY",
        "REVOKED", "TIMEOUT"}},
      {JobStage::preempted, {"PREEMPTED"}}};
  for (const auto& [stage, names] : states) {
    for (const std::string& name : names) {
      EXPECT_EQ(slurm_stage(name), stage) << name;
      const QueuedJob job = slurm_job(name);
      EXPECT_EQ(job.alive(false), stage != JobStage::ended && name != "PREEMPTED") << name;
      EXPECT_EQ(job.alive(true), stage != JobStage::ended) << name;
    }
  }
}

TEST(Queue, TakesAJobInAnUnknownStateForAlive) {
  EXPECT_EQ(slurm_stage("TELEPORTING"), JobStage::unknown);
  EXPECT_TRUE(slurm_job("TELEPORTING").alive(false));
}

TEST(Queue, KnowsWhetherJobsAreQueuedAgain) {
  EXPECT_TRUE(requeues(campaign_of("").slurm));
  EXPECT_FALSE(requeues(campaign_of("requeue = false").slurm));
  EXPECT_FALSE(requeues(campaign_of("directives = [\"--no-requeue\"]").slurm));
}

TEST(Sbatch, NumberIsFoundAmongASitesOwnWords) {
  EXPECT_EQ(job_number("17\n"), "17");
  EXPECT_EQ(job_number("17;cluster\n"), "17");
  EXPECT_EQ(job_number("Welcome to the 3 clusters\n4711;a\n"), "4711");
  EXPECT_EQ(job_number("Submitted\n"), "");
}

/// What SLURM 22.05 prints, and a word of the remedy.
TEST(SlurmFaults, HaveTheRemedyThatFits) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"sbatch: error: Unable to contact slurm controller (connect failure)", "controller"},
      {"slurm_load_jobs error: Socket timed out on send/recv operation", "controller"},
      {"sbatch: error: Batch job submission failed: Invalid partition name specified",
       "[slurm] partition"},
      {"sbatch: error: invalid partition specified: nope", "[slurm] partition"},
      {"sbatch: error: Batch job submission failed: Invalid account or account/partition "
       "combination specified",
       "[slurm] account"},
      {"sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or "
       "exceeds some limit)",
       "[slurm] time"},
      {"sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit "
       "limit, user's size and/or time limits)",
       "ask for less"},
      {"sbatch: error: Batch job submission failed: Invalid qos specification", "[slurm] qos"},
      {"sbatch: error: Batch job submission failed: Invalid feature specification",
       "[slurm] constraint"},
      {"sbatch: error: Batch job submission failed: Node count specification invalid",
       "fewer nodes"},
      {"sbatch: error: Batch job submission failed: Requested node configuration is not available",
       "fewer nodes"},
      {"sbatch: unrecognized option '--nosuch'", "[slurm] directives"},
      {"sbatch: error: Invalid --mail-type specification", "[slurm] directives"},
      {"sbatch: error: Invalid --time specification", "[slurm] time"},
      {"sbatch: error: Munge encode failed: Failed to access /run/munge", "munged"},
      {"cannot start sbatch: No such file or directory", "login node"},
      {"sbatch: error: something new", "scontrol ping"}};
  for (const auto& [fault, remedy] : cases) {
    EXPECT_NE(slurm_hint(fault).find(remedy), std::string::npos)
        << fault << ": " << slurm_hint(fault);
  }
  EXPECT_EQ(plain_fault({1, false, "", "sbatch: error: a: b\nsbatch: error: c\n"}), "a: b; c");
  EXPECT_EQ(plain_fault({9, false, "", ""}), "exit code 9");
}

TEST(Queue, IsAskedLessOftenWhileNothingChanges) {
  double pause_s = next_pause_s(0, true);
  EXPECT_EQ(pause_s, 2);
  for (int i = 0; i < 10; ++i) pause_s = next_pause_s(pause_s, false);
  EXPECT_EQ(pause_s, 60);
}

}  // namespace
}  // namespace scalelaw::harness
