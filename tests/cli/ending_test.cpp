// However the harness ends, nothing that it started goes on without it.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include "cli/cli.hpp"
#include "harness/commands/prepare.hpp"
#include "harness/process/find_program.hpp"
#include "harness/process/process_table.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// What one start of the harness left.
struct End {
  int exit_code = 0;
  std::string err;
};

class Ending : public Cli {
 protected:
  /// The path of a file in the folder.
  [[nodiscard]] std::string at(const std::string& name) const { return folder_ / name; }

  /// Starts the harness, its streams going to the files "out" and "err".
  [[nodiscard]] pid_t start(const std::vector<std::string>& words, bool nohup = false) const {
    const pid_t child = fork();
    if (child != 0) return child;
    fs::current_path(folder_);
    (void)!std::freopen("out", "w", stdout);
    (void)!std::freopen("err", "w", stderr);
    if (nohup) std::signal(SIGHUP, SIG_IGN);
    std::vector<std::string> all{SCALELAW_PROGRAM};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> argv;
    for (std::string& word : all) argv.push_back(word.data());
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
  }

  [[nodiscard]] End wait_for(pid_t harness) const {
    int status = 0;
    waitpid(harness, &status, 0);
    std::ifstream file(at("err"));
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            {std::istreambuf_iterator<char>(file), {}}};
  }

  /// The numbers that the drivers wrote, once there are `count`.
  [[nodiscard]] std::vector<pid_t> pids(std::size_t count) const {
    for (int i = 0; i < 6000; ++i) {
      std::ifstream file(at("pids"));
      std::vector<pid_t> out;
      for (pid_t pid = 0; file >> pid;) out.push_back(pid);
      if (out.size() >= count) return out;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "the drivers did not start";
    return {};
  }

  static bool alive(pid_t pid) {
    const std::vector<ProcessEntry> all = all_processes();
    return std::any_of(all.begin(), all.end(), [&](const ProcessEntry& process) {
      return process.pid == pid && process.state != 'Z';
    });
  }

  static void expect_gone(const std::vector<pid_t>& found) {
    for (const pid_t pid : found) {
      for (int i = 0; i < 3000 && alive(pid); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
      EXPECT_FALSE(alive(pid)) << pid;
    }
  }

  /// Whether MPI's parts of the product are there.
  static bool has_mpi() {
    return fs::exists(fs::path(SCALELAW_PROGRAM).parent_path() / "scalelaw-mpi") &&
           !find_program("mpirun").empty();
  }
};

const std::string one_serial = "models = \"serial\"\nsize = 1e5";
const std::string two_ranks =
    "models = \"mpi\"\nranks = 2\noversubscribe = true\nsize = 1e5\n"
    "[mpirun]\nmca = { pml = \"ob1\" }";
/// A driver that hangs, and has a daemon which ignores SIGTERM.
const std::string with_daemon =
    "(setsid sh -c 'trap \"\" TERM; echo $$ >> pids; while :; do sleep 1; done' &)\n"
    "echo $$ >> pids\nexec sleep 1000";

TEST_F(Ending, BySignalEndsTheDriversAndSaysHowToGoOn) {
  const std::string file = config(one_serial);
  const std::string drivers = driver_that("echo $$ >> pids; exec sleep 1000");
  for (const int signal : {SIGHUP, SIGQUIT, SIGTERM, SIGINT}) {
    const std::string output = "out" + std::to_string(signal) + ".h5";
    fs::remove(folder_ / "pids");
    const pid_t harness = start({"run", file, "-o", output, "--drivers", drivers});
    const std::vector<pid_t> found = pids(1);
    kill(harness, signal);
    const End end = wait_for(harness);
    EXPECT_EQ(end.exit_code, 128 + signal);
    expect_gone(found);
    EXPECT_NE(end.err.find("stopped by signal " + std::to_string(signal)), std::string::npos)
        << end.err;
    EXPECT_NE(end.err.find("hint: continue with: "), std::string::npos) << end.err;
    EXPECT_TRUE(fs::exists(folder_ / (output + ".journal")));
    EXPECT_FALSE(fs::exists(folder_ / (output + ".records")));
  }
}

TEST_F(Ending, ByHangupIsIgnoredUnderNohup) {
  const std::string drivers =
      driver_that("echo $$ >> pids; until [ -e go ]; do sleep 0.05; done; exec \"$real\" \"$@\"");
  const pid_t harness =
      start({"run", config(one_serial), "-o", "out.h5", "--drivers", drivers}, true);
  (void)pids(1);
  kill(harness, SIGHUP);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  (void)write("go", "");
  EXPECT_EQ(wait_for(harness).exit_code, 0);
  EXPECT_TRUE(fs::exists(folder_ / "out.h5"));
}

TEST_F(Ending, ByTwoHangupsIsStillInOrder) {
  const std::string drivers =
      driver_that("trap '' TERM; echo $$ >> pids; while :; do sleep 1; done");
  const pid_t harness = start({"run", config(one_serial), "-o", "out.h5", "--drivers", drivers});
  const std::vector<pid_t> found = pids(1);
  kill(harness, SIGHUP);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  kill(harness, SIGHUP);
  const End end = wait_for(harness);
  EXPECT_EQ(end.exit_code, 128 + SIGHUP);
  EXPECT_NE(end.err.find("continue with: "), std::string::npos) << end.err;
  expect_gone(found);
}

TEST_F(Ending, ByKillLeavesNeitherDriverNorDaemon) {
  const pid_t harness =
      start({"run", config(one_serial), "-o", "out.h5", "--drivers", driver_that(with_daemon)});
  const std::vector<pid_t> found = pids(2);
  kill(harness, SIGKILL);
  EXPECT_EQ(wait_for(harness).exit_code, 128 + SIGKILL);
  expect_gone(found);
}

TEST_F(Ending, ByKillLeavesNoRank) {
  if (!has_mpi()) GTEST_SKIP() << "no MPI here";
  const std::string drivers = driver_that("echo $$ >> pids; exec sleep 1000", "mpi");
  const pid_t harness = start({"run", config(two_ranks), "-o", "out.h5", "--drivers", drivers});
  const std::vector<pid_t> found = pids(2);
  kill(harness, SIGKILL);
  EXPECT_EQ(wait_for(harness).exit_code, 128 + SIGKILL);
  expect_gone(found);
}

TEST_F(Ending, OfMpirunByKillLeavesNoRankForTheNextLaunch) {
  if (!has_mpi()) GTEST_SKIP() << "no MPI here";
  // The first rank to come kills mpirun; a launch after that one complains of ranks it finds.
  const std::string drivers = driver_that(
      "while read -r pid of; do\n"
      "  if [ $of != $report ] && kill -0 $pid; then echo $pid >> beside; fi\n"
      "done < ranks\n"
      "echo $$ $report >> ranks\necho $$ >> pids\n"
      "if mkdir killed 2>/dev/null; then sleep 1; kill -9 $PPID; fi\nexec sleep 1000",
      "mpi");
  (void)write("ranks", "");
  const std::string text =
      "[campaign]\nname = \"c\"\n[measuring]\nsamples = 1\nlaunches_min = 2\n"
      "launches_max = 2\ntimeout_s = 3\nceilings = false\n[measuring.gate]\n"
      "enabled = false\n[[experiment]]\nkernel = \"calibration\"\n" +
      two_ranks + "\n";
  const Printed printed =
      scalelaw({"run", write("k.toml", text), "-o", "out.h5", "--drivers", drivers});
  EXPECT_NE(printed.exit_code, 0) << printed.err;
  EXPECT_FALSE(fs::exists(folder_ / "beside"));
  expect_gone(pids(3));  // of at least two launches
}

TEST_F(Ending, OfADriverThatLeavesADaemonIsReported) {
  const std::string drivers = driver_that(
      "(setsid sh -c 'trap \"\" TERM; echo $$ >> pids; while :; do sleep 1; done' &)\n"
      "until [ -s pids ]; do :; done\nexec \"$real\" \"$@\"");
  const Printed printed =
      scalelaw({"run", config(one_serial), "-o", "out.h5", "--drivers", drivers});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("left processes running, which were ended: sh (process "),
            std::string::npos)
      << printed.out;
  expect_gone(pids(2));
}

TEST_F(Ending, OfHarnessAndSupervisorIsMadeGoodByResuming) {
  const std::string drivers = driver_that(
      "if [ -e go ]; then exec \"$real\" \"$@\"; fi\n"
      "trap '' TERM\n(setsid sh -c 'trap \"\" TERM; echo $$ >> pids; while :; do sleep 1; done' "
      "&)\n"
      "echo $$ >> pids\nwhile :; do sleep 1; done");
  const std::string file = config(one_serial);
  const pid_t harness = start({"run", file, "-o", "out.h5", "--drivers", drivers});
  const std::vector<pid_t> found = pids(2);
  const std::vector<ProcessEntry> all = all_processes();
  const auto supervisor = std::find_if(all.begin(), all.end(), [&](const ProcessEntry& process) {
    return process.parent == harness;
  });
  ASSERT_NE(supervisor, all.end());
  kill(supervisor->pid, SIGSTOP);  // so that it sees nothing of the harness's end
  kill(harness, SIGKILL);
  (void)wait_for(harness);
  kill(supervisor->pid, SIGKILL);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_TRUE(alive(found[0]) && alive(found[1])) << "the test shows nothing";
  (void)write("go", "");
  // Another spelling of the same file.
  const Printed printed =
      scalelaw({"run", file, "-o", "./out.h5", "--drivers", drivers, "--resume"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.err.find("ended processes that an earlier attempt left running: "),
            std::string::npos)
      << printed.err;
  for (const pid_t pid : found) EXPECT_FALSE(alive(pid)) << pid;
}

/// The command after "continue with: ".
std::string resume_command(const std::string& err) {
  const std::string mark = "continue with: ";
  const std::size_t begin = err.find(mark);
  if (begin == std::string::npos) return "false";
  return err.substr(begin + mark.size(), err.find('\n', begin) - begin - mark.size());
}

TEST_F(Ending, NamesACommandThatGoesOnWhenPasted) {
  const std::string drivers =
      driver_that("echo $$ >> pids; if [ -e go ]; then exec \"$real\" \"$@\"; fi; exec sleep 1000");
  fs::rename(drivers, folder_ / "my drivers");
  const std::string file = config("models = [\"serial\", \"openmp\"]\nsize = 1e5");
  fs::rename(folder_ / file, folder_ / "my config.toml");
  const pid_t harness =
      start({"run", "my config.toml", "-o", "my out.h5", "--drivers", "my drivers", "--filter",
             "model=serial", "--filter", "threads=1", "--launcher", "direct"});
  (void)pids(1);
  kill(harness, SIGTERM);
  const std::string command = resume_command(wait_for(harness).err);
  for (const char* word :
       {"'my config.toml'", "--filter model=serial", "--filter threads=1", "--launcher direct",
        "--drivers 'my drivers'", "--output 'my out.h5'", "--resume"}) {
    EXPECT_NE(command.find(word), std::string::npos) << command;
  }
  (void)write("go", "");
  const Printed printed = shell(command);
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(printed.out.substr(0, printed.out.find('\n')), "my out.h5: 1 point: 1 not_converged");
}

TEST_F(Ending, NamesAllThatWasChosen) {
  CampaignChoice choice;
  choice.config = "c.toml";
  choice.launcher = "srun";
  choice.filters = {"nodes=2"};
  choice.plan = "results/c/campaign.json";
  setenv("SCALELAW_DRIVERS", "/opt/drivers", 1);
  EXPECT_EQ(words_of(choice), (std::vector<std::string>{"c.toml", "--launcher", "srun", "--filter",
                                                        "nodes=2", "--drivers", "/opt/drivers",
                                                        "--plan", "results/c/campaign.json"}));
  choice.drivers = "here";
  EXPECT_EQ(words_of(choice)[6], "here");
  unsetenv("SCALELAW_DRIVERS");
}

}  // namespace
}  // namespace scalelaw::harness
