// Standard streams that are full or closed.
#include <fstream>

#include "cli/cli.hpp"

namespace scalelaw::harness {
namespace {

class Streams : public Cli {
 protected:
  /// A results file of a campaign that was only pretended.
  [[nodiscard]] std::string results() const {
    const Printed printed =
        scalelaw({"run", config("models = [\"serial\", \"openmp\"]\nsize = [1e5, 1e6]"),
                  "--launcher", "fake", "-o", "r.h5"});
    EXPECT_EQ(printed.exit_code, 0) << printed.err;
    return "r.h5";
  }
};

TEST_F(Streams, ThatAreFullAreAFailureOfEveryCommandThatPrints) {
  const std::string file = results();
  for (const std::string words :
       {"--help", "--version", "report --help", "list", "check c.toml", "report r.h5",
        "report r.h5 --format json", "report r.h5 --format csv", "report r.h5 --format markdown",
        "predict r.h5 --workers 4", "advise r.h5", "compare r.h5 r.h5", "run c.toml --dry-run"}) {
    const Printed good = shell("$scalelaw " + words + " > good");
    EXPECT_EQ(good.exit_code, 0) << words << ": " << good.err;
    const Printed printed = shell("$scalelaw " + words + " > /dev/full");
    EXPECT_EQ(printed.exit_code, 3) << words;
    EXPECT_NE(printed.err.find("cannot write to the standard output"), std::string::npos)
        << words << ": " << printed.err;
    EXPECT_NE(printed.err.find("hint: "), std::string::npos) << words << ": " << printed.err;
  }
}

TEST_F(Streams, ThatAreFullDoNotLoseACampaign) {
  const Printed printed = shell("$scalelaw run " + config("models = \"serial\"\nsize = 1e5") +
                                " -o out.h5 --launcher fake > /dev/full");
  EXPECT_EQ(printed.exit_code, 3) << printed.err;
  EXPECT_EQ(shell("$scalelaw report out.h5").exit_code, 0);
}

TEST_F(Streams, ThatTakeNoComplaintStillGiveTheExitCode) {
  for (const char* where : {"2>&-", "2>/dev/full", "2>/dev/full >/dev/full", "2>&- >&- <&-"}) {
    EXPECT_EQ(shell(std::string("$scalelaw check none.toml ") + where).exit_code, 1) << where;
    EXPECT_EQ(shell(std::string("$scalelaw chekc ") + where).exit_code, 1) << where;
  }
  const std::string file = config(
      "models = [\"serial\", \"mpi\"]\nranks = 2\n"
      "oversubscribe = true\nsize = 1e5");
  for (const char* where : {"2>&-", "2>/dev/full"}) {  // the skipped point is told on stderr
    const std::string output = std::string(where).substr(2, 2) == "&-" ? "a.h5" : "b.h5";
    EXPECT_EQ(
        shell("$scalelaw run " + file + " --launcher direct -o " + output + " " + where).exit_code,
        0)
        << where;
  }
}

TEST_F(Streams, ThatAreClosedMixUpNothing) {
  const std::string file = config("models = \"serial\"\nsize = 1e5");
  int number = 0;
  for (const char* closed :
       {"<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"}) {
    const std::string output = "out" + std::to_string(number++) + ".h5";
    const Printed printed = shell("$scalelaw run " + file + " -o " + output + " " + closed);
    EXPECT_EQ(printed.exit_code, 0) << closed << ": " << printed.err;
    const Printed report = scalelaw({"report", output});
    EXPECT_EQ(report.exit_code, 0) << closed << ": " << report.err;
    EXPECT_EQ(report.err, "") << closed;
  }
}

TEST_F(Streams, ThatNobodyReadsDoNotEndACampaign) {
  const Printed printed = shell("{ $scalelaw run " + config("models = \"serial\"\nsize = 1e5") +
                                " -o out.h5 --launcher fake 2>&1; echo $? > code; } | true");
  (void)printed;
  EXPECT_EQ(shell("$scalelaw report out.h5").exit_code, 0);
}

}  // namespace
}  // namespace scalelaw::harness
