// submit, status, cancel with PBS and Flux: beside stubs of their commands, which take and print what
// their manual pages say.

#include "cli/with_stubs.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

class Schedulers : public WithStubs {
 protected:
  void SetUp() override {
    WithStubs::SetUp();
    (void)write("c.toml",
                "[campaign]\nname = \"c\"\n[measuring]\nceilings = false\n"
                "[[experiment]]\nkernel = \"dot_product\"\nmodels = \"mpi\"\nsize = 1e4\n"
                "nodes = [1, 2]\n");
  }
  [[nodiscard]] std::string folder() const { return (folder_ / "results/a").string(); }

  void stub_pbs() const {
    stub("pbsnodes",
         "[ \"$*\" = '-a -F json' ] || exit 2\necho '{\"nodes\": {'\n"
         "for n in 1 2; do echo \"\\\"n$n\\\": {\\\"state\\\": \\\"free\\\", "
         "\\\"resources_available\\\":"
         " {\\\"ncpus\\\": 2, \\\"mem\\\": \\\"8gb\\\"}},\"; done\n"
         "echo '\"n3\": {\"state\": \"down\"}}}'");
    stub("qsub",
         "if [ -e $S/refuse ]; then echo 'qsub: Unknown queue' >&2; exit 170; fi\n"
         "n=$(($(cat $S/number 2>/dev/null || echo 100) + 1)); echo $n >$S/number\n"
         "log=$(sed -n 's/^#PBS -o //p' $1); echo \"$n.server $log\" >>$S/queue\n"
         "if [ -e $S/speechless ]; then exit 0; fi; echo $n.server");
    stub("qselect", "while read -r n log; do echo $n; done <$S/queue");
    stub("qstat",
         "[ \"$1 $2 $3 $4\" = '-x -f -F json' ] || exit 2; shift 4\n"
         "echo '{\"Jobs\": {'\nfirst=yes\nwhile read -r n log; do case \" $* \" in *\" $n \"*)\n"
         "[ $first = yes ] || echo ,; first=no\n"
         "echo \"\\\"$n\\\": {\\\"job_state\\\": \\\"$(cat $S/state 2>/dev/null || echo R)\\\","
         " \\\"Output_Path\\\": \\\"host:$log\\\"}\";; esac; done <$S/queue\necho '}}'");
    // A job that is being ended is not ended again; the others of the same command are.
    stub("qdel",
         "if [ -e $S/foreign ]; then echo \"qdel: Unauthorized Request $1\" >&2; exit 1; fi\n"
         "rc=0\nfor n; do if grep -qsx $n $S/ending; then\n"
         "echo \"qdel: Request invalid for state of job $n\" >&2; rc=1\n"
         "else echo $n >>$S/ending; fi; done\necho \"$@\" >>$S/cancelled; exit $rc");
  }

  void stub_flux() const {
    stub("flux",
         "case \"$1 $2\" in\n"
         "'resource list') echo '2 4';;\n"
         "'job id') [ \"$3\" = --to=dec ] && echo \"${4#f}\";;\n"
         "'cancel '*) shift; echo \"$@\" >>$S/cancelled;;\n"
         "'batch '*) n=$(($(cat $S/number 2>/dev/null || echo 100) + 1)); echo $n >$S/number\n"
         "name=$(sed -n \"s/^# flux: '--job-name=\\(.*\\)'/\\1/p\" $2)\n"
         "cwd=$(sed -n 's/^# flux: --cwd=//p' $2)\n"
         "echo \"$n|$(cat $S/state 2>/dev/null || echo RUN)|$name|$cwd\" >>$S/queue; echo f$n;;\n"
         "'jobs '*) cat $S/queue;;\n"
         "*) exit 2;; esac");
  }
};

TEST_F(Schedulers, PbsRunsTheJobsOfACampaign) {
  stub_pbs();
  const Printed submitted = scalelaw({"submit", "c.toml", "-o", "results/a", "--scheduler", "pbs"});
  ASSERT_EQ(submitted.exit_code, 0) << submitted.err;
  EXPECT_NE(submitted.out.find("submitted nodes-2: job 102.server, 2 nodes, 1 point"),
            std::string::npos)
      << submitted.out;
  const std::string script = text("results/a/nodes-2.pbs");
  EXPECT_NE(script.find("#PBS -l select=2:ncpus=2:mpiprocs=1:ompthreads=1\n"), std::string::npos)
      << script;
  EXPECT_NE(script.find("--launcher mpirun"), std::string::npos) << script;
  EXPECT_NE(scalelaw({"status"}).out.find("RUNNING"), std::string::npos);
  EXPECT_NE(
      scalelaw({"submit", "c.toml", "--resume"}).out.find("nodes-1: job 101.server is RUNNING"),
      std::string::npos);
  EXPECT_NE(scalelaw({"cancel"}).out.find("2 jobs cancelled"), std::string::npos);
  EXPECT_EQ(text("cancelled"), "101.server 102.server\n");
  (void)write("state", "F");
  EXPECT_EQ(scalelaw({"status"}).exit_code, 3) << "nothing was measured, and no job is left";
  EXPECT_NE(
      scalelaw({"submit", "c.toml", "--resume"}).out.find("submitted nodes-1: job 103.server"),
      std::string::npos);
}

TEST_F(Schedulers, PbsJobsMayBeCancelledTwice) {
  stub_pbs();
  ASSERT_EQ(scalelaw({"submit", "c.toml", "-o", "results/a", "--scheduler", "pbs"}).exit_code, 0);
  (void)write("ending", "101.server\n");
  (void)write("state", "E");
  const Printed one_ends = scalelaw({"cancel"});
  EXPECT_EQ(one_ends.exit_code, 0) << one_ends.err;
  EXPECT_EQ(text("ending"), "101.server\n102.server\n") << "the other was asked to end, too";
  const Printed both_end = scalelaw({"cancel"});
  EXPECT_EQ(both_end.exit_code, 0) << both_end.err;
}

TEST_F(Schedulers, PbsSaysWhichJobsItDoesNotCancel) {
  stub_pbs();
  ASSERT_EQ(scalelaw({"submit", "c.toml", "-o", "results/a", "--scheduler", "pbs"}).exit_code, 0);
  (void)write("ending", "101.server\n");  // refused, though it runs: it is about to start
  const Printed starting = scalelaw({"cancel"});
  EXPECT_EQ(starting.exit_code, 1);
  EXPECT_NE(starting.err.find("invalid for state of job 101.server\n  hint: PBS is starting"),
            std::string::npos)
      << starting.err;
  (void)write("foreign", "");
  const Printed foreign = scalelaw({"cancel"});
  EXPECT_EQ(foreign.exit_code, 1);
  EXPECT_NE(foreign.err.find("Unauthorized Request 101.server"), std::string::npos) << foreign.err;
}

TEST_F(Schedulers, PbsJobsAreFoundWhoseNumberWasLost) {
  stub_pbs();
  (void)write("speechless", "");
  const Printed printed = scalelaw({"submit", "c.toml", "-o", "results/a", "--scheduler", "pbs"});
  EXPECT_NE(printed.err.find("qsub printed no job number"), std::string::npos) << printed.err;
  fs::remove(folder_ / "speechless");
  const Printed again = scalelaw({"submit", "c.toml", "--resume"});
  EXPECT_NE(again.out.find("nodes-1: job 101.server is RUNNING"), std::string::npos) << again.out;
}

TEST_F(Schedulers, PbsSaysWhatIsWrong) {
  stub_pbs();
  (void)write("refuse", "");
  const Printed printed = scalelaw({"submit", "c.toml", "-o", "results/a", "--scheduler", "pbs"});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_NE(printed.err.find("qsub: Unknown queue\n  hint: correct [pbs] queue"), std::string::npos)
      << printed.err;
  EXPECT_FALSE(fs::exists(folder()));
}

TEST_F(Schedulers, FluxRunsTheJobsOfACampaign) {
  stub_flux();
  const Printed submitted =
      scalelaw({"submit", "c.toml", "-o", "results/a", "--scheduler", "flux"});
  ASSERT_EQ(submitted.exit_code, 0) << submitted.err;
  EXPECT_NE(submitted.out.find("submitted nodes-2: job 102, 2 nodes, 1 point"), std::string::npos)
      << submitted.out;
  EXPECT_NE(text("results/a/nodes-2.flux").find("--launcher flux"), std::string::npos);
  EXPECT_NE(scalelaw({"status"}).out.find("RUN"), std::string::npos);
  EXPECT_NE(scalelaw({"cancel"}).out.find("2 jobs cancelled"), std::string::npos);
  EXPECT_EQ(text("cancelled"), "101 102\n");
}

TEST_F(Schedulers, TheHostsOfAJobMayComeFromAFile) {
  (void)write("nodes", "alpha\nalpha\nbeta\n");
  const Printed printed = scalelaw({"run", "c.toml", "--dry-run", "--hostfile", "nodes"});
  EXPECT_NE(printed.out.find("--host alpha:1,beta:1"), std::string::npos)
      << printed.out << printed.err;
  const Printed missing = scalelaw({"run", "c.toml", "--dry-run", "--hostfile", "none"});
  EXPECT_NE(missing.err.find("cannot read the hostfile 'none'"), std::string::npos) << missing.err;
}

TEST_F(Schedulers, TheConfigMayNameTheScheduler) {
  stub_pbs();
  std::string config = text("c.toml");
  config.insert(config.find("name"), "scheduler = \"pbs\"\n");
  (void)write("c.toml", config);
  EXPECT_NE(scalelaw({"submit", "c.toml", "--dry-run"}).out.find("#PBS -l select=2"),
            std::string::npos);
  const Printed unknown = scalelaw({"submit", "c.toml", "--dry-run", "--scheduler", "cron"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_NE(unknown.err.find("cron"), std::string::npos) << unknown.err;
}

}  // namespace
}  // namespace scalelaw::harness
