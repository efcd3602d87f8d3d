// Whose doing a failure was, and the line that says why, from what Open MPI 4.1.4, MPICH 4.0.2, SLURM 22.05,
// ssh and Python really print (the files in logs/).
#include "harness/launch/ending.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <set>
#include <sstream>

#include "harness/launch/hydra.hpp"
#include "harness/launch/log_line.hpp"

namespace scalelaw::harness {
namespace {

std::string log_of(const std::string& name) {
  std::ifstream file(SCALELAW_SOURCE_DIR "/tests/unit/harness/launch/logs/" + name + ".txt");
  EXPECT_TRUE(file) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Outcome outcome_of(int exit_code, std::string log, std::string via = {}) {
  Outcome outcome;
  outcome.exit_code = exit_code;
  outcome.log = std::move(log);
  outcome.via = std::move(via);
  return outcome;
}

struct RealLog {
  const char* name;
  int exit_code;
  Cause cause;
  const char* words;
};

void expect(const RealLog& row, const std::string& via) {
  const Ending ending = ending_of(outcome_of(row.exit_code, log_of(row.name), via), false);
  EXPECT_EQ(to_string(ending.cause), to_string(row.cause)) << row.name;
  EXPECT_EQ(ending.words, row.words) << row.name;
}

TEST(Ending, TellsTheFailuresOfMpirunFromThoseOfItsRanks) {
  const RealLog table[] = {
      {"ompi_unknown_host", 255, Cause::launcher,
       "ssh: Could not resolve hostname nosuchhost: Name or service not known"},
      {"ompi_slurm_id_only", 1, Cause::launcher,
       "While trying to determine what resources are available, the SLURM resource allocator "
       "expects to find the following environment variables: SLURM_NODELIST, SLURM_TASKS_PER_NODE"},
      {"ompi_slurm_nodelist", 1, Cause::launcher,
       "An ORTE daemon has unexpectedly failed after launch and before communicating back to "
       "mpirun."},
      {"ompi_tmpdir_full", 1, Cause::launcher,
       "[n1:25615] PMIX ERROR: OUT-OF-RESOURCE in file "
       "../../../../../../src/mca/common/dstore/dstore_segment.c at line 208"},
      {"ompi_btl_nosuch", 1, Cause::launcher,
       "A requested component was not found, or was unable to be opened: Host: n1, Framework: btl, "
       "Component: nosuch"},
      {"ompi_rmaps_nosuch", 1, Cause::launcher,
       "A requested component was not found, or was unable to be opened: Host: n1, Framework: "
       "rmaps, Component: nosuch"},
      {"ompi_tmpdir", 1, Cause::launcher,
       "A call to mkdir was unable to create the desired directory: Directory: /proc/nosuch, "
       "Error: No such file or directory"},
      {"ompi_no_slots", 1, Cause::launcher,
       "There are not enough slots available in the system to satisfy the 64 slots that were "
       "requested by the application: /opt/app/hello"},
      {"ompi_bad_mapby", 1, Cause::launcher,
       "The specified mapping policy is not recognized: Policy: nonsense"},
      {"ompi_bad_option", 1, Cause::launcher, "mpirun: Error: unknown option \"--nosuchoption\""},
      {"ompi_root", 1, Cause::launcher, "mpirun has detected an attempt to run as root."},
      {"ompi_no_program", 132, Cause::file_system,
       "mpirun was unable to launch the specified application as it could not access or execute an "
       "executable: Executable: /nosuch/program, Node: n1"},
      {"ompi_not_executable", 132, Cause::file_system,
       "mpirun was unable to launch the specified application as it could not access or execute an "
       "executable: Executable: ./noexec, Node: n1"},
      {"ompi_bad_mca", 134, Cause::file_system,
       "mpirun was unable to find the specified executable file, and therefore did not launch the "
       "job."},
      {"ompi_missing_library", 127, Cause::driver,
       "/opt/app/solver: error while loading shared libraries: libgone.so: cannot open shared "
       "object file: No such file or directory"},
      {"ompi_python_exit", 1, Cause::driver, "ModuleNotFoundError: No module named 'nosuchmodule'"},
      {"ompi_rank_segv", 139, Cause::driver,
       "mpirun noticed that process rank 1 with PID 0 on node n1 exited on signal 11 "
       "(Segmentation fault)."},
      {"ompi_rank_kill", 137, Cause::driver,
       "mpirun noticed that process rank 1 with PID 0 on node n1 exited on signal 9 (Killed)."},
      {"ompi_rank_exit1", 1, Cause::driver,
       "mpirun detected that one or more processes exited with non-zero status, thus causing the "
       "job to be terminated: Process name: [[8588,1],1], Exit code: 1"},
      {"ompi_rank_mpiabort", 3, Cause::driver,
       "MPI_ABORT was invoked on rank 1 in communicator MPI_COMM_WORLD with errorcode 3."},
      {"ompi_rank_term", 143, Cause::user,
       "mpirun noticed that process rank 1 with PID 0 on node n1 exited on signal 15 "
       "(Terminated)."}};
  for (const RealLog& row : table) expect(row, "mpirun");
}

TEST(Ending, TellsTheFailuresOfHydraFromThoseOfItsRanks) {
  const RealLog table[] = {
      {"hydra_unknown_host", 124, Cause::launcher,
       "ssh: Could not resolve hostname nosuchhost: Name or service not known"},
      {"hydra_bad_option", 255, Cause::launcher,
       "[mpiexec@n1] match_arg (utils/args/args.c:163): unrecognized argument nosuchoption"},
      {"hydra_too_few_cores", 255, Cause::launcher,
       "[proxy:0:0@n1] handle_bitmap_binding (tools/topo/hwloc/topo_hwloc.c:432): mapping option "
       "\"core:4\" larger than total system size"},
      {"hydra_no_program", 255, Cause::file_system,
       "[proxy:0:0@n1] HYDU_create_process (utils/launch/launch.c:73): execvp error on file "
       "/nosuch/program (No such file or directory)"},
      {"hydra_rank_segv", 139, Cause::driver,
       "YOUR APPLICATION TERMINATED WITH THE EXIT STRING: Segmentation fault (signal 11)"},
      {"hydra_rank_kill", 137, Cause::driver,
       "YOUR APPLICATION TERMINATED WITH THE EXIT STRING: Killed (signal 9)"},
      {"hydra_rank_term", 143, Cause::user,
       "YOUR APPLICATION TERMINATED WITH THE EXIT STRING: Terminated (signal 15)"}};
  for (const RealLog& row : table) expect(row, "mpirun");
}

TEST(HydraEnd, IsThatOfTheRank) {
  const auto corrected = [](int exit_code, const std::string& log) {
    Outcome outcome = outcome_of(exit_code, log, "mpirun");
    correct_hydra_end(outcome);
    return outcome;
  };
  EXPECT_EQ(corrected(11, log_of("hydra_rank_segv")).exit_code, 128 + 11);
  EXPECT_EQ(corrected(15, log_of("hydra_rank_term")).exit_code, 128 + 15);
  EXPECT_EQ(corrected(255, log_of("hydra_no_program")).exit_code, 255);
  EXPECT_EQ(ending_of(corrected(3, "\n"), false).cause, Cause::driver);
  EXPECT_EQ(ending_of(corrected(255, log_of("hydra_bad_option")), false).cause, Cause::launcher);
  EXPECT_EQ(corrected(0, "").cause, Cause::none);
}

TEST(Ending, TellsTheFailuresOfSlurmFromThoseOfItsTasks) {
  const RealLog table[] = {
      {"slurm_socket_in_the_way", 137, Cause::scheduler,
       "srun: launch/slurm: launch_p_step_launch: StepId=1.0 aborted before step completely "
       "launched."},
      {"slurm_socket_in_the_way3", 0, Cause::scheduler,
       "srun: launch/slurm: launch_p_step_launch: StepId=1.2 aborted before step completely "
       "launched."},
      {"slurm_slurmd_dead", 233, Cause::scheduler,
       "srun: error: Task launch for StepId=1.9 failed on node c3: Communication connection "
       "failure"},
      {"slurm_ctld_dead", 1, Cause::scheduler,
       "srun: error: Unable to confirm allocation for job 1: Unable to contact slurm controller "
       "(connect failure)"},
      {"slurm_bad_mpi", 1, Cause::launcher,
       "srun: error: Couldn't find the specified plugin name for mpi/nosuch looking at all files"},
      {"slurm_bad_option", 255, Cause::launcher, "srun: unrecognized option '--nosuchoption'"},
      {"slurm_too_many", 1, Cause::launcher, "srun: error: Only allocated 4 nodes asked for 9"},
      {"slurm_btl_nosuch", 1, Cause::launcher,
       "A requested component was not found, or was unable to be opened: Host: c2, Framework: btl, "
       "Component: nosuch"},
      {"slurm_no_program", 2, Cause::file_system,
       "slurmstepd-c2: error: execve(): /nosuch/program: No such file or directory"},
      {"slurm_missing_library", 127, Cause::driver,
       "/opt/app/solver: error while loading shared libraries: libgone.so: cannot open shared "
       "object file: No such file or directory"},
      {"slurm_segv", 139, Cause::driver, "srun: error: c2: task 1: Segmentation fault"},
      {"slurm_exit1", 1, Cause::driver, "srun: error: c2: task 1: Exited with exit code 1"},
      {"slurm_kill", 137, Cause::driver, "srun: error: c2: task 1: Killed"},
      {"slurm_step_cancelled", 137, Cause::user, "srun: error: c3: task 2: Killed"},
      {"slurm_step_signalled", 143, Cause::user,
       "slurmstepd-c1: error: *** STEP 1.3 ON c1 CANCELLED AT 2026-11-29T20:11:26 ***"}};
  for (const RealLog& row : table) expect(row, "srun");
}

TEST(Ending, KnowsALauncherThatFailsWithoutAWord) {
  for (const char* via : {"mpirun", "srun"}) {
    const Ending silent = ending_of(outcome_of(1, "", via), false);
    EXPECT_EQ(silent.cause, Cause::launcher);
    EXPECT_EQ(silent.words, "it printed nothing");
    EXPECT_EQ(silent.program, "");
    EXPECT_EQ(silent.message, silent.words);
  }
  EXPECT_EQ(ending_of(outcome_of(137, "", "mpirun"), true).cause, Cause::launcher)
      << "mpirun was killed, of whose ranks it says nothing then";
  EXPECT_EQ(ending_of(outcome_of(127, "cannot start mpirun: No such file", "mpirun"), false).cause,
            Cause::launcher);
  EXPECT_EQ(
      ending_of(outcome_of(1, "ORTE has lost communication with a remote daemon.\n", "mpirun"),
                true)
          .cause,
      Cause::launcher);
}

TEST(Ending, HoldsADriverToWhatItDid) {
  EXPECT_EQ(ending_of(outcome_of(1, ""), false).cause, Cause::driver) << "nobody else is there";
  EXPECT_EQ(ending_of(outcome_of(139, ""), true).cause, Cause::driver);
  EXPECT_EQ(ending_of(outcome_of(137, ""), true).cause, Cause::driver);
  EXPECT_EQ(ending_of(outcome_of(1, "scalelaw-mpi: 'x' is not a size\n", "mpirun"), false).cause,
            Cause::driver);
  EXPECT_EQ(ending_of(outcome_of(1, "my solver stops here\n", "mpirun"), false).cause,
            Cause::driver);
  EXPECT_EQ(ending_of(outcome_of(3, "", "mpirun"), true).cause, Cause::driver)
      << "it had begun its record";
  EXPECT_EQ(ending_of(outcome_of(0, "", "srun"), false).cause, Cause::driver)
      << "it left no record, and nothing says that it was not started";
}

TEST(Ending, KnowsAFileSystemThatIsFullOrGone) {
  for (const char* reason :
       {"No space left on device", "Disk quota exceeded", "Read-only file system",
        "Input/output error", "Stale file handle", "Permission denied"}) {
    const std::string said =
        std::string("scalelaw-mpi: cannot write the record '/scratch/x.jsonl': ") + reason;
    for (const char* via : {"", "mpirun", "srun"}) {
      const Ending ending =
          ending_of(outcome_of(3, "solving\n" + said + "\n  hint: x\n", via), true);
      EXPECT_EQ(ending.cause, Cause::file_system) << reason;
      EXPECT_EQ(ending.words, said + " (hint: x)");
      EXPECT_EQ(ending.program + ": " + ending.message, ending.words);
      EXPECT_EQ(ending.program, "scalelaw-mpi");
    }
  }
  EXPECT_EQ(ending_of(outcome_of(127, "cannot start /lost/driver: No such file"), false).cause,
            Cause::file_system);
}

TEST(Ending, DoesNotBlameADriverForAFileAtItsLimit) {
  for (const char* via : {"", "mpirun", "srun"}) {
    const Outcome outcome = outcome_of(128 + SIGXFSZ, "solving\n", via);
    EXPECT_EQ(ending_of(outcome, true).cause, Cause::file_system) << via;
    EXPECT_EQ(ending_of(outcome_of(128 + SIGSEGV, "solving\n", via), true).cause, Cause::driver);
  }
}

TEST(Ending, KnowsThatSomebodyAskedForAnEnd) {
  for (const int signal : {1, 2, 15}) {
    EXPECT_EQ(ending_of(outcome_of(128 + signal, ""), true).cause, Cause::user) << signal;
  }
  Outcome stopped;
  stopped.interrupted = true;
  EXPECT_EQ(ending_of(stopped, true).cause, Cause::user);
}

TEST(Ending, KnowsALauncherThatHungBeforeTheDriverBegan) {
  Outcome hung =
      outcome_of(143, "ssh: connect to host n7 port 22: Connection timed out\n", "mpirun");
  hung.timed_out = true;
  EXPECT_EQ(ending_of(hung, false).cause, Cause::launcher);
  EXPECT_EQ(ending_of(hung, true).cause, Cause::driver);
  hung.log.clear();
  EXPECT_EQ(ending_of(hung, false).cause, Cause::driver) << "nothing tells it from a driver's";
}

TEST(Ending, TakesTheLaunchersWordForItsOwnFailure) {
  Outcome outcome = outcome_of(139, log_of("slurm_segv"), "srun");
  outcome.cause = Cause::scheduler;
  EXPECT_EQ(ending_of(outcome, false).cause, Cause::scheduler);
}

TEST(Ending, TellsNodesThatFailFromDriversThatFail) {
  EXPECT_TRUE(step_did_not_start(log_of("slurm_slurmd_dead")));
  EXPECT_TRUE(step_did_not_start("srun: error: task 2 launch failed: Unspecified error\n"));
  EXPECT_TRUE(step_did_not_start("srun: error: Node failure on c3\n"));
  EXPECT_FALSE(step_did_not_start("kernel launch failed: out of registers\n"));
  EXPECT_FALSE(step_did_not_start(log_of("slurm_exit1")));
  EXPECT_FALSE(step_did_not_start(log_of("slurm_segv")));
  EXPECT_FALSE(step_did_not_start(log_of("slurm_step_cancelled")));
  EXPECT_FALSE(step_did_not_start(""));
}

TEST(LogLine, GivesTheExceptionOfAPythonTraceback) {
  EXPECT_EQ(program_words(log_of("python_traceback")), "ValueError: the shape (3, 4) does not fit");
  EXPECT_EQ(program_words(log_of("python_chained")), "RuntimeError: cannot go on");
}

TEST(LogLine, PrefersTheDriversOwnMessageAndSkipsItsWarnings) {
  EXPECT_EQ(program_words("error: noise\nscalelaw-mpi: warning: started as 2 ranks\n"
                          "scalelaw-mpi: rank 1: out of memory\n  hint: use less\nmpirun: bye\n"),
            "scalelaw-mpi: rank 1: out of memory (hint: use less)");
  EXPECT_EQ(program_words("scalelaw-serial: 2 files cannot be used:\n    a.png: a pipe\n"
                          "    b.png: empty\n  hint: move them away\nother words\n"),
            "scalelaw-serial: 2 files cannot be used: a.png: a pipe; b.png: empty (hint: move them "
            "away)");
}

TEST(LogLine, GivesAForeignProgramsFirstError) {
  EXPECT_EQ(program_words("step 1\nERROR: singular matrix\nstep 2\nbye\n"),
            "ERROR: singular matrix");
  EXPECT_EQ(program_words("terminate called after throwing an instance of 'std::bad_alloc'\n"
                          "  what():  std::bad_alloc\n"),
            "terminate called after throwing an instance of 'std::bad_alloc': std::bad_alloc");
  EXPECT_EQ(program_words("thread 'main' panicked at src/main.rs:2:5:\nindex out of bounds\n"),
            "thread 'main' panicked at src/main.rs:2:5: index out of bounds");
  EXPECT_EQ(program_words("\x1b[31mFatal:\x1b[0m no\tlicence\r\n"), "Fatal: no licence");
  EXPECT_EQ(program_words("one\ntwo\n\n"), "two") << "nothing looks like an error";
}

TEST(LogLine, IsOneLineOfASaneLength) {
  const std::string long_line = program_words(std::string(65536, 'x'));
  EXPECT_EQ(long_line.size(), 300U);
  EXPECT_TRUE(long_line.ends_with("..."));
  std::string umlauts;
  for (int i = 0; i < 400; ++i) umlauts += "\xc3\xbc";
  const std::string cut = program_words("e" + umlauts);
  EXPECT_LE(cut.size(), 300U);
  EXPECT_EQ(cut.substr(cut.size() - 5, 2), "\xc3\xbc") << "no character is cut in two";
  EXPECT_EQ(program_words(""), "");
  EXPECT_EQ(program_words("\n \n"), "");
}

TEST(LogLine, DoesNotTakeAProgramsOwnRulesForALaunchersBanner) {
  const std::string rule(74, '-');
  EXPECT_TRUE(program_spoke("solver 1.0\n" + rule + "\nerror: diverged\n"));
  EXPECT_EQ(program_words("solver 1.0\n" + rule + "\nerror: diverged\n"), "error: diverged");
  EXPECT_FALSE(program_spoke(log_of("ompi_no_slots")));
}

}  // namespace
}  // namespace scalelaw::harness
