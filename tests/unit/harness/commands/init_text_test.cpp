#include "harness/commands/init_text.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "common/error.hpp"
#include "harness/config/parse.hpp"
#include "support/pretended_drivers.hpp"

namespace scalelaw::harness {
namespace {

using Words = std::vector<std::string>;

Campaign made(const InitChoice& choice) {
  return parse_campaign(config_of_command(choice), "made.toml");
}

TEST(InitText, MakesAConfigOfACommand) {
  InitChoice choice;
  choice.command = {"./my app", "-n", "{size}", "{eps}", "say \"hi\""};
  choice.threads = "1,2";
  choice.size = "1e6";
  choice.time = "t: ([0-9.]+)";
  const Campaign campaign = made(choice);
  EXPECT_EQ(campaign.name, "my_app");
  EXPECT_EQ(campaign.drivers[0].command.command, choice.command);
  EXPECT_TRUE(campaign.drivers[0].command.threaded);
  EXPECT_FALSE(campaign.drivers[0].command.ranked);
  EXPECT_EQ(campaign.drivers[0].command.time, choice.time);
  EXPECT_EQ(campaign.experiments[0].size.values, std::vector<nlohmann::json>{1000000});
  EXPECT_EQ(campaign.experiments[0].threads.values, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(campaign.experiments[0].params[0].name, "eps");
}

TEST(InitText, KnowsTheUnitThatThePatternNames) {
  InitChoice choice;
  choice.command = {"./heat"};
  choice.time = "wall = ([0-9.]+) ms";
  EXPECT_EQ(made(choice).drivers[0].command.time_unit, adapter::TimeUnit::ms);
  choice.time = "wall = ([0-9.]+) s";
  EXPECT_EQ(made(choice).drivers[0].command.time_unit, adapter::TimeUnit::s);
  choice.time = "us elapsed: ([0-9.]+)";
  EXPECT_EQ(made(choice).drivers[0].command.time_unit, adapter::TimeUnit::s);
  EXPECT_NE(config_of_command(choice).find("# time_unit = \"ms\""), std::string::npos);
}

TEST(InitText, KeepsTheEnvironment) {
  InitChoice choice;
  choice.command = {"python3", "conv.py"};
  choice.env = {{"MODE", "fast"}};
  const Campaign campaign = made(choice);
  EXPECT_EQ(campaign.name, "conv");
  EXPECT_EQ(campaign.drivers[0].command.env, choice.env);
}

TEST(InitText, RefusesASizeThatNothingTakes) {
  InitChoice choice;
  choice.command = {"./heat"};
  choice.size = "10";
  EXPECT_THROW((void)config_of_command(choice), Error);
}

TEST(InitText, GuessesWhatTheCommandShows) {
  InitChoice choice;
  choice.command = {"app", "{threads}", "{ranks}"};
  const Campaign campaign = made(choice);
  EXPECT_TRUE(campaign.drivers[0].command.threaded && campaign.drivers[0].command.ranked);
  EXPECT_TRUE(campaign.experiments[0].threads.automatic);
  EXPECT_TRUE(campaign.experiments[0].ranks.automatic);
  InitChoice plain;
  plain.command = {"true"};
  EXPECT_FALSE(made(plain).drivers[0].command.threaded);
  EXPECT_TRUE(made(plain).experiments[0].size.values.empty());
}

TEST(InitText, MakesAConfigOfAKernel) {
  const DriverFacts facts = pretended_drivers();
  InitChoice choice;
  choice.kernel = "stream";
  const std::string text = config_of_kernel(choice, {facts.find("serial"), facts.find("openmp")});
  const Campaign campaign = parse_campaign(text, "made.toml");
  EXPECT_EQ(campaign.name, "stream");
  EXPECT_EQ(campaign.experiments[0].kernel, "stream");
  EXPECT_TRUE(campaign.experiments[0].threads.automatic);
  EXPECT_FALSE(campaign.experiments[0].ranks.automatic) << "neither driver has ranks";
  EXPECT_NE(text.find("# params = { type = \"f64\""), std::string::npos) << text;
  EXPECT_FALSE(make_plan(campaign, machine_of(2), facts).empty());
}

/// A config with what a change must keep: an experiment without threads, a driver, a table.
constexpr const char* measured_before = R"(
[campaign]
name = "before"
seed = 7
[measuring]
budget_s = inf
[[driver]]
name = "app"
command = ["./app", "-n", "{size}", "{threads}"]
model = { threaded = true }
[[experiment]]
driver = "app"
size = 1_000
threads = "auto"
[[experiment]]
kernel = "prime_sieve"
name = "serial only"
models = ["serial"]
)";

TEST(InitText, WritesTheConfigOfACampaignAgainWithOtherCounts) {
  InitChoice choice;
  choice.threads = "1,2,16";
  choice.size = "2e3";
  choice.launches = 40;
  const Campaign campaign = parse_campaign(config_again(choice, measured_before), "next.toml");
  EXPECT_EQ(campaign.name, "before");
  EXPECT_EQ(campaign.seed, 7);
  EXPECT_EQ(campaign.measuring.launches_min, 40);
  EXPECT_EQ(campaign.measuring.launches_max, 40);
  EXPECT_TRUE(std::isinf(campaign.measuring.budget_s));
  EXPECT_EQ(campaign.drivers[0].command.command.size(), 4U);
  ASSERT_EQ(campaign.experiments.size(), 2U);
  EXPECT_EQ(campaign.experiments[0].size.values, std::vector<nlohmann::json>{2000});
  EXPECT_EQ(campaign.experiments[0].threads.values, (std::vector<std::int64_t>{1, 2, 16}));
  EXPECT_EQ(campaign.experiments[1].name, "serial only");
  InitChoice named;
  named.name = "before";
  EXPECT_EQ(config_again({}, measured_before), config_again(named, measured_before));
}

TEST(InitText, RefusesACountThatTheConfigDoesNotHave) {
  InitChoice choice;
  choice.ranks = "2";
  try {
    (void)config_again(choice, measured_before);
    FAIL() << "no experiment has ranks";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "no experiment of that config has 'ranks'");
    EXPECT_NE(std::string(error.hint()).find("--ranks"), std::string::npos);
  }
}

TEST(InitText, RefusesWhatIsNoCount) {
  InitChoice choice;
  choice.command = {"a"};
  choice.threads = "many";
  EXPECT_THROW((void)config_of_command(choice), Error);
}

}  // namespace
}  // namespace scalelaw::harness
