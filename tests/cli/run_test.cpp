#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "cli/cli.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

class Run : public Cli {
 protected:
  [[nodiscard]] bool exists(const std::string& name) const { return fs::exists(folder_ / name); }
};

const std::string serial = "models = \"serial\"\nsize = 1e5\nparams = { items = 16 }";

TEST_F(Run, PrintsTheExactCommandsAndLeavesNothing) {
  const Printed printed =
      scalelaw({"run", config(serial), "--dry-run", "--drivers", driver_that("exit 9")});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  const std::string command = "taskset -c ";
  EXPECT_EQ(printed.out.substr(0, 20), "# 1 point to measure");
  const std::string printed_command = printed.out.substr(printed.out.find('\n') + 1);
  const std::size_t at = printed_command.find(command);
  ASSERT_NE(at, std::string::npos) << printed.out;
  const std::size_t program = printed_command.find(' ', at + command.size()) + 1;
  EXPECT_EQ(printed_command.substr(program),
            (folder_ / "drivers/scalelaw-serial").string() +
                " calibration --items 16 --operations 100000 --seed 1 --warmups 1 --samples 2 "
                "--record RECORD\n");
  EXPECT_EQ(printed_command.substr(0, at),
            "OMP_NUM_THREADS=1 OMP_PLACES=cores OMP_PROC_BIND=close ");
  EXPECT_FALSE(exists("results"));
}

TEST_F(Run, PrintsMpirunsCommands) {
  if (!fs::exists(fs::path(SCALELAW_PROGRAM).parent_path() / "scalelaw-hybrid")) {
    GTEST_SKIP() << "scalelaw-hybrid is not built";
  }
  const Printed printed = scalelaw(
      {"run",
       config("models = \"hybrid\"\nsize = 1e5\nranks = 3\nthreads = 2\n[machine]\ncores = 8\n"
              "[mpirun]\nprogram = \"/bin/true\"\nhosts = [\"a, b\", \"A:4\"]\nmca = { "
              "plm_rsh_agent = \"c;d\" }"),
       "--dry-run"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("/bin/true -np 3 --host a:3 --map-by slot:PE=2 --bind-to core "
                             "--mca plm_rsh_agent 'c;d' -x OMP_NUM_THREADS=2 -x OMP_PLACES=cores "
                             "-x OMP_PROC_BIND=close "),
            std::string::npos)
      << printed.out;
}

TEST_F(Run, MeasuresAndWritesOneFile) {
  const Printed printed = scalelaw({"run", config(serial), "-o", "out.h5", "-q"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_TRUE(exists("out.h5"));
  EXPECT_FALSE(exists("out.h5.journal"));
  EXPECT_FALSE(exists("out.h5.records"));
  EXPECT_EQ(printed.out.substr(0, printed.out.find('\n')), "out.h5: 1 point: 1 not_converged");
  EXPECT_EQ(printed.err, "") << "-q: no progress";
}

TEST_F(Run, MeasuresPointsWithOneCommandOnce) {
  const std::string file = config(serial + "\nscaling = [\"strong\", \"weak\"]");
  const Printed dry = scalelaw({"run", file, "--dry-run"});
  EXPECT_EQ(dry.out.find("# 2 points to measure, 1 of them in the same launches as another"), 0U)
      << dry.out;
  EXPECT_NE(dry.out.find(": by the launches of "), std::string::npos) << dry.out;
  const Printed run = scalelaw({"run", file, "-o", "out.h5", "-q"});
  EXPECT_EQ(run.out.substr(0, run.out.find('\n')), "out.h5: 2 points: 2 not_converged") << run.err;
  const Printed report = scalelaw({"report", "out.h5", "--format", "json"});
  const auto rows = nlohmann::json::parse(report.out).at("scaling");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("times_s"), rows[1].at("times_s"));
  EXPECT_GT(rows[0].at("launches").get<int>(), 0);
}

TEST_F(Run, PreviewsInAFileOfItsOwn) {
  const std::string file = config(serial + "\nscaling = [\"strong\", \"weak\"]");
  const Printed run = scalelaw({"run", file, "--preview", "-o", "out.h5", "-q"});
  EXPECT_EQ(run.out.substr(0, run.out.find('\n')), "out.h5: 1 point: 1 not_converged") << run.err;
  const Printed report = scalelaw({"report", "out.h5"});
  EXPECT_EQ(report.out.find("Scaling of campaign '"), 0U) << report.out;
  EXPECT_NE(report.out.find(" preview'"), std::string::npos) << report.out;
}

TEST_F(Run, TellsBeforehandHowLongItWillTake) {
  const Printed printed = scalelaw({"run", config(serial), "-o", "out.h5"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(printed.err.substr(0, 18), "1 point to measure") << printed.err;
  EXPECT_NE(printed.err.find(" s, estimated from the plan\n"), std::string::npos) << printed.err;
}

/// Three small pictures in the folder `photos`, and a config that compresses them as a pipeline.
const std::string pipeline_config =
    "[campaign]\nname = \"p\"\n[measuring]\nsamples = 2\nlaunches_min = 2\nlaunches_max = 2\n"
    "ceilings = false\n[measuring.gate]\nenabled = false\n[[experiment]]\n"
    "kernel = \"image_compression\"\nmodels = \"serial\"\nmode = [\"data\", \"pipeline\"]\n"
    "params = { input = \"photos\", output_dir = \"small\" }\n";

TEST_F(Run, MeasuresAPipelineOfFilesAndReportsItsStages) {
  fs::create_directories(folder_ / "photos");
  for (const int side : {200, 300, 400}) {
    std::ofstream picture(folder_ / "photos" / (std::to_string(side) + ".ppm"), std::ios::binary);
    picture << "P6 " << side << " " << side << " 255\n";
    for (int i = 0; i < 3 * side * side; ++i) picture.put(static_cast<char>(i / side % 251));
  }
  const std::string file = write("p.toml", pipeline_config);
  const Printed checked = scalelaw({"check", file});
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_NE(checked.out.find("strong scaling {\"mode\":\"pipeline\"}"), std::string::npos)
      << checked.out;
  const Printed commands = scalelaw({"run", file, "--dry-run"});
  EXPECT_NE(commands.out.find("--mode pipeline --seed 1 --warmups 1 --samples 2 --record"),
            std::string::npos)
      << commands.out;
  const Printed printed = scalelaw({"run", file, "-o", "out.h5"});
  EXPECT_EQ(printed.exit_code, 0) << printed.out << printed.err;
  EXPECT_TRUE(exists("small/400.jpg"));
  const Printed report = scalelaw({"report", "out.h5", "--format", "json"});
  EXPECT_EQ(report.exit_code, 0) << report.err;
  const auto stages = nlohmann::json::parse(report.out).at("stages");
  ASSERT_EQ(stages.size(), 1U) << report.out;
  std::string names;
  for (const auto& one : stages[0].at("stages")) {
    names += one.at("stage").get<std::string>() + " ";
    EXPECT_GT(one.at("busy_s").get<double>(), 0);
  }
  EXPECT_EQ(names, "read decode compress write ");
  EXPECT_GT(stages[0].at("at_once").get<double>(), 0);
  const Printed listed = scalelaw({"list", "image_compression"});
  EXPECT_NE(listed.out.find("data|pipeline"), std::string::npos) << listed.out;
}

TEST_F(Run, ReplacesNoFileUnlessToldTo) {
  const std::string file = write("keep.h5", "mine");
  const Printed refused = scalelaw({"run", config(serial), "-o", "keep.h5"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("'keep.h5' exists"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("--overwrite"), std::string::npos) << refused.err;
  EXPECT_EQ(fs::file_size(folder_ / "keep.h5"), 4U);
  EXPECT_EQ(scalelaw({"run", config(serial), "-o", "keep.h5", "--overwrite"}).exit_code, 0);
  EXPECT_GT(fs::file_size(folder_ / "keep.h5"), 4U);
  const Printed complete = scalelaw({"run", config(serial), "-o", "keep.h5", "--resume"});
  EXPECT_EQ(complete.exit_code, 1);
  EXPECT_NE(complete.err.find("is complete"), std::string::npos) << complete.err;
}

TEST_F(Run, NamesItsFileAfterTheCampaignAndTheTime) {
  const Printed printed = scalelaw({"run", config(serial), "--launcher", "fake"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(printed.out.substr(0, 12), "results/c-20");
  EXPECT_TRUE(exists(printed.out.substr(0, printed.out.find(':'))));
}

TEST_F(Run, RefusesAFolderThatCannotBeWrittenBeforeTheFirstLaunch) {
  const std::string drivers = driver_that("touch " + (folder_ / "launched").string());
  const Printed printed =
      scalelaw({"run", config(serial), "-o", "/proc/none/out.h5", "--drivers", drivers});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_NE(printed.err.find("  hint: "), std::string::npos) << printed.err;
  EXPECT_FALSE(exists("launched"));
}

TEST_F(Run, GoesOnAfterADriverThatCrashes) {
  const std::string drivers = driver_that("echo 'about to die' >&2; kill -SEGV $$");
  const Printed printed =
      scalelaw({"run", config(serial), "-q", "-o", "out.h5", "--drivers", drivers});
  EXPECT_EQ(printed.exit_code, 3);
  EXPECT_EQ(printed.out, "out.h5: 1 point: 1 crashed\n");
  EXPECT_EQ(printed.err.substr(0, 21), "crashed: calibration ") << printed.err;
  EXPECT_TRUE(exists("out.h5"));
}

TEST_F(Run, KillsADriverThatHangs) {
  const std::string drivers = driver_that("sleep 1000");
  std::ostringstream text;
  text << std::ifstream(folder_ / config(serial)).rdbuf();
  std::string patient = text.str();
  patient.insert(patient.find("samples"), "timeout_s = 0.3\n");
  const Printed printed =
      scalelaw({"run", write("t.toml", patient), "-o", "out.h5", "--drivers", drivers});
  EXPECT_EQ(printed.exit_code, 3);
  EXPECT_EQ(printed.out, "out.h5: 1 point: 1 timeout\n");
}

TEST_F(Run, MarksAWrongResult) {
  const std::string drivers = driver_that(
      "\"$real\" \"$@\" >/dev/null; sed -i 's/\"verified\":true/\"verified\":false/' \"$report\"; "
      "exit 2");
  const Printed printed = scalelaw({"run", config(serial), "-o", "out.h5", "--drivers", drivers});
  EXPECT_EQ(printed.exit_code, 3);
  EXPECT_EQ(printed.out, "out.h5: 1 point: 1 wrong_result\n");
}

TEST_F(Run, SkipsRanksThatTheDirectLauncherCannotStart) {
  const Printed printed = scalelaw({"run",
                                    config("models = [\"serial\", \"mpi\"]\nsize = 1e5\n"
                                           "ranks = 2\noversubscribe = true"),
                                    "-o", "out.h5", "--launcher", "direct"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(printed.out, "out.h5: 2 points: 1 not_converged, 1 skipped\n");
}

/// Starts `scalelaw run`, waits until its journal has a launch, and signals it.
int interrupt(const std::vector<std::string>& words, const fs::path& journal, int signal) {
  const pid_t child = fork();
  if (child == 0) {
    std::vector<std::string> all{SCALELAW_PROGRAM};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> argv;
    for (std::string& word : all) argv.push_back(word.data());
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
  }
  const auto lines = [&] {
    std::ifstream file(journal);
    return std::count(std::istreambuf_iterator<char>(file), {}, '\n');
  };
  for (int i = 0; i < 3000 && lines() < 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  kill(child, signal);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST_F(Run, IsResumedWhereASignalOrAKillLeftIt) {
  // The second launch hangs until the file `go` is there.
  const std::string drivers = driver_that(
      "if [ -e started ] && [ ! -e go ]; then sleep 1000; fi; touch started; exec \"$real\" "
      "\"$@\"");
  fs::current_path(folder_);
  const std::string file = config(serial);
  const std::vector<std::string> words{"run", file, "-o", "out.h5", "--drivers", drivers};
  EXPECT_EQ(interrupt(words, folder_ / "out.h5.journal", SIGTERM), 128 + SIGTERM);
  EXPECT_TRUE(exists("out.h5.journal"));

  const Printed again = scalelaw(words);
  EXPECT_EQ(again.exit_code, 1) << "a campaign that is not finished must not be overwritten";
  EXPECT_NE(again.err.find("--resume"), std::string::npos) << again.err;

  std::vector<std::string> resume = words;
  resume.emplace_back("--resume");
  EXPECT_EQ(interrupt(resume, folder_ / "out.h5.journal", SIGKILL), 128 + SIGKILL);
  (void)write("go", "");
  const Printed ended = scalelaw(resume);
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(ended.out, "out.h5: 1 point: 1 not_converged\n");
  EXPECT_FALSE(exists("out.h5.journal"));
}

TEST_F(Run, SaysThatThereIsNothingToResume) {
  const Printed printed = scalelaw({"run", config(serial), "--resume"});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_EQ(printed.err.substr(0, printed.err.find('\n')),
            "scalelaw: no unfinished campaign 'c' in results/");
}

TEST_F(Run, WritesJunitBesideTheResults) {
  const std::string file = config(serial);
  const Printed printed =
      scalelaw({"run", file, "--launcher", "fake", "-o", "r.h5", "--junit", "r.xml"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(shell("cat r.xml").out.find("<testsuites name=\"scalelaw run\""), std::string::npos);
  const auto refused = [&](const std::string& junit, const std::string& what) {
    const Printed wrong = scalelaw(
        {"run", file, "--launcher", "fake", "-o", "s.h5", "--overwrite", "--junit", junit});
    EXPECT_EQ(wrong.exit_code, 1) << wrong.out;
    EXPECT_NE(wrong.err.find(what), std::string::npos) << wrong.err;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "s.h5")) << "before anything is measured";
  };
  refused("no/such/r.xml", "cannot write 'no/such/r.xml'");
  refused("./s.h5", "'./s.h5' is the results file");
  EXPECT_EQ(scalelaw({"run", file, "--dry-run", "--junit", "r.xml"}).exit_code, 1);
}

TEST_F(Run, PretendsTheMachineOfTheConfig) {
  const auto output = [&](const std::string& fake) {
    const std::string file = config(serial + "\n[fake]\n" + fake);
    const Printed run = scalelaw({"run", file, "--launcher", "fake", "-o", "f.h5", "--overwrite"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return scalelaw({"report", "f.h5", "--format", "csv"}).out;
  };
  EXPECT_EQ(output(""), output("noise_seed = 1"));
  EXPECT_NE(output(""), output("noise_seed = 2"));
  const std::string exact = output("one_worker_s = 0.25\nlaunch_noise = 0\nsample_noise = 0.0");
  EXPECT_NE(exact.find(",0.25,"), std::string::npos) << exact;
}

}  // namespace
}  // namespace scalelaw::harness
