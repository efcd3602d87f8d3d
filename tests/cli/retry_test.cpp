// Points that failed, and are measured again.
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"
#include "harness/results/results.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

const std::string serial = "models = \"serial\"\nsize = 1e5\nparams = { items = 16 }";

class Retry : public Cli {
 protected:
  /// A campaign of one point whose driver crashes until the file `good` is there.
  std::vector<std::string> words_of_crashing() {
    const std::string drivers = driver_that("[ -e good ] || kill -SEGV $$; exec \"$real\" \"$@\"");
    return {"run", config(serial), "-o", "out.h5", "--drivers", drivers};
  }
  Results results() const { return read_results((folder_ / "out.h5").string()); }
  static std::int64_t superseded(const Results& results) {
    return std::count_if(results.launches.begin(), results.launches.end(),
                         [](const Launch& launch) { return launch.superseded; });
  }
};

std::vector<std::string> with(std::vector<std::string> words,
                              const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST_F(Retry, MeasuresWhatFailedInACompleteCampaignAndKeepsTheOldLaunches) {
  const std::vector<std::string> words = words_of_crashing();
  EXPECT_EQ(scalelaw(words).exit_code, 3);
  EXPECT_FALSE(fs::exists(folder_ / "out.h5.journal"));
  const Printed complete = scalelaw(with(words, {"--resume"}));
  EXPECT_EQ(complete.exit_code, 1);
  EXPECT_NE(complete.err.find("--retry failed"), std::string::npos) << complete.err;

  (void)write("good", "");
  const Printed again = scalelaw(with(words, {"--resume", "--retry", "failed"}));
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.out, "out.h5: 1 point: 1 not_converged\n");
  EXPECT_FALSE(fs::exists(folder_ / "out.h5.journal"));
  const Results after = results();
  EXPECT_EQ(after.launches.size(), 4U) << "two crashed, two well";
  EXPECT_EQ(superseded(after), 2);
  EXPECT_TRUE(after.launches[0].superseded);
  EXPECT_EQ(after.launches[0].state, State::crashed);
  EXPECT_EQ(after.launches[0].cause, Cause::driver);
  EXPECT_EQ(after.points[0].reason.find("crashed"), std::string::npos) << after.points[0].reason;

  const Printed report = scalelaw({"report", "out.h5", "--format", "json"});
  const auto row = nlohmann::json::parse(report.out).at("series")[0].at("points")[0];
  EXPECT_EQ(row.at("launches"), 2);
  EXPECT_EQ(row.at("samples"), 4);
}

TEST_F(Retry, FindsTheNewestCompleteCampaignOfThatNameByItself) {
  std::vector<std::string> words = words_of_crashing();
  std::erase(words, "-o");
  std::erase(words, "out.h5");
  const Printed first = scalelaw(words);
  EXPECT_EQ(first.exit_code, 3) << first.err;
  const std::string output = first.out.substr(0, first.out.find(':'));
  (void)write("good", "");
  const Printed again = scalelaw(with(words, {"--resume", "--retry", "failed"}));
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.out, output + ": 1 point: 1 not_converged\n");
}

TEST_F(Retry, TakesStatesAndFiltersToo) {
  const std::vector<std::string> words = words_of_crashing();
  (void)write("good", "");
  EXPECT_EQ(scalelaw(words).exit_code, 0);
  const double first_s = results().samples[0].total_s;
  for (const char* word : {"not_converged", "kernel=calibration"}) {
    const Printed again =
        scalelaw(with(words, {"--resume", "--retry", "timeout", "--retry", word}));
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(again.out, "out.h5: 1 point: 1 not_converged\n");
  }
  const Results after = results();
  EXPECT_EQ(after.launches.size(), 6U);
  EXPECT_EQ(superseded(after), 4);
  EXPECT_EQ(after.samples[0].total_s, first_s) << "what was measured is kept, to the bit";
  const Printed report = scalelaw({"report", "out.h5", "--format", "json"});
  EXPECT_EQ(nlohmann::json::parse(report.out).at("series")[0].at("points")[0].at("launches"), 2);
}

TEST_F(Retry, RefusesWhatItDoesNotKnowAndWhatMatchesNothing) {
  const std::vector<std::string> words = words_of_crashing();
  (void)write("good", "");
  EXPECT_EQ(scalelaw(words).exit_code, 0);
  const struct {
    std::vector<std::string> more;
    std::string says;
  } table[] = {{{"--retry", "failed"}, "--resume"},
               {{"--resume", "--retry", "broken"}, "'broken' is neither a state nor a filter"},
               {{"--resume", "--retry", "ok"}, "'ok' is neither a state nor a filter"},
               {{"--resume", "--retry", "kernal=dot_product"}, "did you mean 'kernel'"},
               {{"--resume", "--retry", "failed"}, "no point of 'out.h5' matches --retry failed"}};
  const auto size = fs::file_size(folder_ / "out.h5");
  for (const auto& row : table) {
    const Printed refused = scalelaw(with(words, row.more));
    EXPECT_EQ(refused.exit_code, 1) << row.says;
    EXPECT_NE(refused.err.find(row.says), std::string::npos) << refused.err;
    EXPECT_FALSE(fs::exists(folder_ / "out.h5.journal")) << row.says;
    EXPECT_EQ(fs::file_size(folder_ / "out.h5"), size);
  }
}

TEST_F(Retry, MeasuresPointsThatWereSkippedWhenTheReasonIsGone) {
  if (!fs::exists(fs::path(SCALELAW_PROGRAM).parent_path() / "scalelaw-mpi")) {
    GTEST_SKIP() << "scalelaw-mpi is not built";
  }
  const std::string file =
      config("models = [\"serial\", \"mpi\"]\nsize = 1e5\nranks = 2\noversubscribe = true");
  const std::vector<std::string> words{"run", file, "-o", "out.h5"};
  const Printed first = scalelaw(with(words, {"--launcher", "direct"}));
  EXPECT_EQ(first.out, "out.h5: 2 points: 1 not_converged, 1 skipped\n") << first.err;
  const Printed other = scalelaw(with(words, {"--resume", "--retry", "model=serial"}));
  EXPECT_EQ(other.out, "out.h5: 2 points: 1 not_converged, 1 skipped\n")
      << "a point that is not asked for stays as it is";
  const Printed again = scalelaw(with(words, {"--resume", "--retry", "skipped"}));
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.out, "out.h5: 2 points: 2 not_converged\n");
}

TEST_F(Retry, RepeatsALaunchThatFoundNoRoomForItsRecord) {
  const std::string drivers = driver_that(
      "[ -e tried ] || { touch tried; echo \"scalelaw-serial: cannot write the record 'r': No "
      "space left on device\" >&2; exit 3; }; exec \"$real\" \"$@\"");
  const Printed printed = scalelaw({"run", config(serial), "-o", "out.h5", "--drivers", drivers});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  const Results after = results();
  ASSERT_EQ(after.launches.size(), 3U);
  EXPECT_EQ(after.launches[0].cause, Cause::file_system);
  EXPECT_EQ(after.points[0].state, State::not_converged) << after.points[0].reason;
}

TEST_F(Retry, LeavesPointsPendingThatMpirunCannotStart) {  // half a minute of pauses
  if (!fs::exists(fs::path(SCALELAW_PROGRAM).parent_path() / "scalelaw-mpi")) {
    GTEST_SKIP() << "scalelaw-mpi is not built";
  }
  const fs::path program = folder_ / "mpirun";
  std::ofstream(program) << "#!/bin/sh\n[ -e good ] && exec mpirun \"$@\"\nexit 1\n";
  fs::permissions(program, fs::perms::owner_all);
  const std::string file = config(
      "models = [\"serial\", \"mpi\"]\nsize = 1e5\nranks = 2\noversubscribe = true\n"
      "[mpirun]\nprogram = \"" +
      program.string() + "\"");
  const Printed failed = scalelaw({"run", file, "-o", "out.h5"});
  EXPECT_EQ(failed.exit_code, 3);
  EXPECT_EQ(failed.out, "out.h5: 2 points: 1 pending, 1 not_converged\n");
  EXPECT_NE(
      failed.err.find("mpirun failed, not the driver (exit code 1): it printed nothing; tried "
                      "6 times"),
      std::string::npos)
      << failed.err;
  EXPECT_NE(failed.err.find("scalelaw run c.toml --output out.h5 --resume"), std::string::npos)
      << failed.err;
  EXPECT_TRUE(fs::exists(folder_ / "out.h5.journal"));
  (void)write("good", "");
  const Printed again = scalelaw({"run", file, "-o", "out.h5", "--resume"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.out, "out.h5: 2 points: 2 not_converged\n");
  EXPECT_EQ(results().launches.size(), 6U + 4U);
}

TEST_F(Retry, KeepsTheAutomaticSizeThatTheCampaignBeganWith) {
  const std::string file = write("auto.toml",
                                 "[measuring]\nlaunches_min = 1\nlaunches_max = 2\nceilings = "
                                 "false\n[[experiment]]\nkernel = \"dot_product\"\nmodels = "
                                 "\"serial\"\nsize = \"auto\"\n");
  // As another machine, or the same one after it has started anew, may find another size.
  const auto run_with = [&](const std::string& cache, const std::string& more) {
    return shell("HWLOC_SYNTHETIC='package:1 l3:1(size=" + cache +
                 ") core:2 pu:1' HWLOC_THISSYSTEM=1 \"$scalelaw\" run " + file +
                 " --launcher fake -q -o out.h5 " + more);
  };
  EXPECT_EQ(run_with("8MB", "").exit_code, 0);
  const Results before = results();
  const Printed again = run_with("4MB", "--resume --retry kernel=dot_product");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  const Results after = results();
  EXPECT_EQ(after.points[0].id, before.points[0].id);
  EXPECT_EQ(after.points[0].reason.substr(0, 30), before.points[0].reason.substr(0, 30));
  EXPECT_GT(superseded(after), 0);
  EXPECT_EQ(run_with("4MB", "--overwrite").exit_code, 0);
  EXPECT_NE(results().points[0].id, before.points[0].id) << "a campaign of its own has its own";
}

}  // namespace
}  // namespace scalelaw::harness
