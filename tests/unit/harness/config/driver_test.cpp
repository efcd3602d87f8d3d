#include "harness/config/driver.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "common/error.hpp"
#include "harness/config/parse.hpp"
#include "support/refusal.hpp"

namespace scalelaw::harness {
namespace {

using namespace std::string_literals;
using Words = std::vector<std::string>;

/// A config with one driver and one experiment of it.
std::string config(const std::string& driver, const std::string& experiment = "size = 10\n") {
  return head + "[[driver]]\nname = \"app\"\n" + driver + "\n[[experiment]]\ndriver = \"app\"\n" +
         experiment;
}

const std::string sized = "command = [\"./app\", \"{size}\"]";

TEST(ConfigDriver, ReadsEveryKey) {
  const Campaign campaign = parse_campaign(config(R"toml(
command = ["./app", "-n", "{size}", "{eps}"]
kernel = "solve"
model = { threaded = true, ranked = true }
env = { THREADS = "{threads}", LEVEL = 3 }
folder = "run-{eps}"
setup = ["make", "input"]
teardown = "clean"
time = "t: ([0-9.]+)"
time_unit = "ms"
check = "r: (.*)"
check_tolerance = 1e-9
work = "size^2 * eps"
unit = "cells"
)toml",
                                                  "size = 10\nparams = { eps = [1, 2] }\n"),
                                           "x.toml");
  ASSERT_EQ(campaign.drivers.size(), 1U);
  const adapter::Definition& command = campaign.drivers[0].command;
  EXPECT_EQ(command.name, "app");
  EXPECT_EQ(command.kernel, "solve");
  EXPECT_EQ(command.command, (Words{"./app", "-n", "{size}", "{eps}"}));
  EXPECT_TRUE(command.threaded && command.ranked);
  EXPECT_EQ(command.env.at("LEVEL"), "3");
  EXPECT_EQ(command.folder, "run-{eps}");
  EXPECT_EQ(command.setup, (Words{"make", "input"}));
  EXPECT_EQ(command.teardown, Words{"clean"});
  EXPECT_EQ(command.time, "t: ([0-9.]+)");
  EXPECT_EQ(command.time_unit, adapter::TimeUnit::ms);
  EXPECT_EQ(command.check, "r: (.*)");
  EXPECT_EQ(command.check_tolerance, 1e-9);
  EXPECT_EQ(command.work, "size^2 * eps");
  EXPECT_EQ(command.unit, "cells");
  EXPECT_EQ(campaign.experiments[0].kernel, "solve");
  EXPECT_EQ(campaign.experiments[0].name, "solve");
  EXPECT_NE(campaign.find_driver("app"), nullptr);
  EXPECT_EQ(campaign.find_driver("solve"), nullptr);
}

TEST(ConfigDriver, NeedsLittle) {
  const Campaign campaign = parse_campaign(
      head +
          "[[driver]]\nname = \"my-app\"\ncommand = \"true\"\n[[experiment]]\ndriver = \"my-app\"",
      "x.toml");
  EXPECT_EQ(campaign.drivers[0].command.kernel, "my_app");
  EXPECT_FALSE(campaign.drivers[0].command.threaded || campaign.drivers[0].command.ranked);
  EXPECT_EQ(campaign.experiments[0].kernel, "my_app");
}

TEST(ConfigDriver, MayKeepTheContractItself) {
  const std::string program = "program = \"./driver\"";
  const Campaign campaign = parse_campaign(config(program, ""), "x.toml");
  EXPECT_TRUE(campaign.drivers[0].keeps_contract());
  EXPECT_EQ(campaign.experiments[0].kernel, "");  // its only one
  EXPECT_EQ(campaign.experiments[0].name, "app");
  EXPECT_EQ(refusal(config(program + "\ntime = \"(.)\"")).first,
            "x.toml:6: 'time' has no effect beside 'program'");
}

TEST(ConfigDriver, NamesTheLineOfEachFault) {
  const auto fault = [](const std::string& lines) {
    return refusal(config(sized + "\n" + lines)).first;
  };
  EXPECT_EQ(refusal(config(sized)).first, "accepted");
  EXPECT_EQ(fault("tiem = \"(.)\""), "x.toml:6: unknown key 'tiem' in [[driver]]");
  EXPECT_EQ(refusal(config(sized + "\ntiem = \"(.)\"")).second, "did you mean 'time'?");
  EXPECT_EQ(fault("time = \"[0-9]+\""),
            "x.toml:6: 'time': '[0-9]+' does not say which part is the time");
  EXPECT_TRUE(fault("time = \"(\"").starts_with("x.toml:6: 'time': '(' is not a pattern"));
  EXPECT_EQ(fault("check = \"(a)(b)\""), "x.toml:6: 'check': '(a)(b)' has 2 groups");
  EXPECT_EQ(fault("check_tolerance = 1e-3"),
            "x.toml:6: 'check_tolerance' has no effect without 'check'");
  EXPECT_EQ(fault("time_unit = \"ms\""), "x.toml:6: 'time_unit' has no effect without 'time'");
  EXPECT_EQ(fault("unit = \"cells\""), "x.toml:6: 'unit' has no effect without 'work'");
  EXPECT_TRUE(fault("work = \"size ^\"").starts_with("x.toml:6: 'work': 'size ^' is not an expre"));
  EXPECT_EQ(fault("work = \"sise^2\""),
            "x.toml:6: 'work' names 'sise', which the command does not get");
  EXPECT_EQ(fault("setup = [\"a\", \"{sample}\"]"),
            "x.toml:6: 'setup' has {sample}, but runs once a launch");
  EXPECT_EQ(fault("folder = \"{\""), "x.toml:6: 'folder': a brace of '{' has no partner");
  EXPECT_EQ(fault("env = { A = [1, 2] }"), "x.toml:6: 'A': it has a list");
  EXPECT_EQ(fault("model = { threads = true }"), "x.toml:6: unknown key 'threads' in model");
  EXPECT_EQ(fault("kernel = \"a b\""), "x.toml:6: 'kernel': 'a b' is no name for a kernel");
}

TEST(ConfigDriver, HasANameOfItsOwn) {
  const auto named = [](const std::string& name) {
    return refusal(head + "[[driver]]\nname = \"" + name +
                   "\"\ncommand = \"a\"\n[[experiment]]\ndriver = \"" + name + "\"\n")
        .first;
  };
  EXPECT_EQ(named("ok-1"), "accepted");
  EXPECT_EQ(named("scalelaw"),
            "x.toml:4: 'name': 'scalelaw' is the name of this project's own drivers");
  EXPECT_EQ(named("1a"), "x.toml:4: 'name': '1a' is no name for a driver");
  EXPECT_EQ(named("a/b"), "x.toml:4: 'name': 'a/b' is no name for a driver");
  const std::string one = "[[driver]]\nname = \"a\"\ncommand = \"a\"\n";
  EXPECT_EQ(refusal(head + one + one + "[[experiment]]\ndriver = \"a\"\n").first,
            "x.toml:6: two drivers are called 'a'");
}

TEST(ConfigDriver, GoesWithItsExperiment) {
  const auto use = [](const std::string& experiment, const std::string& driver = sized) {
    return refusal(config(driver, experiment));
  };
  EXPECT_EQ(use("").first, "x.toml:6: the command of 'app' has {size}, and the experiment no size");
  EXPECT_EQ(use("size = 1\n", "command = \"a\"").first,
            "x.toml:8: 'size' has no effect: the command of 'app' has no {size}");
  EXPECT_EQ(use("size = 1\nkernel = \"other\"\n").first,
            "x.toml:6: the driver 'app' computes 'app', not 'other'");
  EXPECT_EQ(use("size = 1\nmodels = \"serial\"\n").first, "x.toml:6: 'models' beside 'driver'");
  EXPECT_EQ(use("size = 1\npeers = \"x\"\n").first, "x.toml:6: 'peers' beside 'driver'");
  EXPECT_EQ(use("size = 1\nscaling = \"weak\"\n").first,
            "x.toml:6: weak scaling of 'app' needs to know its work by size");
  EXPECT_EQ(use("size = 1\nscaling = \"weak\"\n", sized + "\nwork = \"size\"").first, "accepted");
}

TEST(ConfigDriver, FillsEveryPlaceholder) {
  const std::string command = "command = [\"a\", \"{eps}\"]";
  EXPECT_EQ(refusal(config(command, "")),
            std::pair("x.toml:5: 'command': nothing fills {eps}: the experiment 'app' has no such "
                      "parameter"s,
                      "add params = { eps = ... } to it"s));
  EXPECT_EQ(refusal(config(command, "params = { eps = 1 }\n")).first, "accepted");
  const std::string slip = "command = \"a\"\nenv = { T = \"{treads}\" }";
  EXPECT_EQ(refusal(config(slip, "")),
            std::pair("x.toml:6: 'env': nothing fills {treads}: the experiment 'app' has no such "
                      "parameter"s,
                      "did you mean {threads}?"s));
}

TEST(ConfigDriver, IsNotStartedByTwoLaunchers) {
  const std::string command = "command = [\"/usr/bin/mpirun\", \"-np\", \"{ranks}\", \"./a\"]";
  EXPECT_EQ(
      refusal(config(command + "\nmodel = { ranked = true }", "")).first,
      "x.toml:5: 'command' starts mpirun, and so does scalelaw where model has ranked = true");
  EXPECT_EQ(refusal(config("command = [\"mpirun\", \"./a\"]", "")).first, "accepted");
}

}  // namespace
}  // namespace scalelaw::harness
