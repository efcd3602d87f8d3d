// Plans of configs that bring drivers of their own.
#include <gtest/gtest.h>

#include "adapter/description.hpp"
#include "common/error.hpp"
#include "harness/plan/plan.hpp"
#include "support/pretended_drivers.hpp"

namespace scalelaw::harness {
namespace {

const std::string heat =
    "[[driver]]\nname = \"heat\"\ncommand = [\"sh\", \"{size}\", \"{eps}\"]\n"
    "model = { threaded = true }\nwork = \"size^2\"\nunit = \"cells\"\n";

Campaign campaign_of(const std::string& drivers, const std::string& experiment) {
  return parse_campaign("[campaign]\nname = \"c\"\n" + drivers + "[[experiment]]\n" + experiment,
                        "x.toml");
}

/// What the adapter answers for the drivers of a config; there are none of our own.
DriverFacts facts_of(const Campaign& campaign) {
  DriverFacts out;
  for (const ConfigDriver& driver : campaign.drivers) {
    out.named[driver.name()] = parse_config_driver(adapter::catalogue_of(driver.command).dump(),
                                                   "/bin/scalelaw-command", driver.name());
  }
  out.describe = [&campaign](const Driver& driver, const std::string&, const json& params,
                             const json&, std::int64_t) -> json {
    adapter::Asked asked;
    for (const auto& [name, value] : params.items()) {
      if (name == "size") {
        asked.size = value.get<std::int64_t>();
      } else {
        asked.params[name] = value.is_string() ? value.get<std::string>() : value.dump();
      }
    }
    return adapter::answer_of(campaign.find_driver(driver.implementation)->command, asked);
  };
  return out;
}

std::vector<Point> plan_of(const std::string& drivers, const std::string& experiment) {
  const Campaign campaign = campaign_of(drivers, experiment);
  return make_plan(campaign, machine_of(4), facts_of(campaign));
}

std::pair<std::string, std::string> refusal_of(const std::string& drivers,
                                               const std::string& experiment) {
  try {
    plan_of(drivers, experiment);
  } catch (const Error& error) {
    return {error.what(), error.hint()};
  }
  return {"accepted", ""};
}

TEST(PlanOfACommand, HasItsPlacementsSizesAndParameters) {
  const auto points = plan_of(heat,
                              "driver = \"heat\"\nsize = [10, 20]\nparams = { eps = [0.5, 1] }\n"
                              "threads = [1, 4]\n");
  ASSERT_EQ(points.size(), 8U);
  EXPECT_EQ(points[0].kernel, "heat");
  EXPECT_EQ(points[0].implementation, "heat");
  EXPECT_EQ(points[0].primary, "heat");
  EXPECT_TRUE(points[0].is_ours());
  EXPECT_EQ(points[0].model.name, "threads");
  EXPECT_EQ(points[0].params, (json{{"size", 10}, {"eps", 0.5}}));
  EXPECT_EQ(points[1].placement.threads, 4);
  EXPECT_EQ(points[0].work["amount"], 100.0);
  EXPECT_EQ(points[0].id, "heat heat/threads strong 1x1x1 eps=0.5 size=10");
}

TEST(PlanOfACommand, GrowsWeakSizesByItsWork) {
  const auto points = plan_of(heat,
                              "driver = \"heat\"\nsize = 100\nparams = { eps = 1 }\n"
                              "threads = [1, 4]\nscaling = \"weak\"\n");
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[1].params["size"], 200);
}

TEST(PlanOfACommand, NeedsNoDriverOfOurOwn) {
  const Campaign campaign =
      campaign_of(heat, "driver = \"heat\"\nsize = 1\nparams = { eps = 1 }\n");
  EXPECT_NO_THROW(require_a_model("/none", campaign, facts_of(campaign)));
  EXPECT_THROW(require_a_model("/none", {}, {}), Error);
}

TEST(PlanOfACommand, ComparesTheOthersWithTheFirst) {
  const std::string both = heat +
                           "[[driver]]\nname = \"old\"\nkernel = \"heat\"\n"
                           "command = [\"sh\", \"{size}\", \"{eps}\"]\n";
  const auto points =
      plan_of(both, "driver = [\"heat\", \"old\"]\nsize = 1\nparams = { eps = 1 }\n");
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[1].implementation, "old");
  EXPECT_EQ(points[1].primary, "heat");
  EXPECT_FALSE(points[1].is_ours());
}

TEST(PlanOfACommand, NamesTheLineOfWhatDoesNotFit) {
  EXPECT_EQ(
      refusal_of(heat, "driver = \"heat\"\nsize = 1\nparams = { eps = 1, epsilon = 2 }\n").first,
      "x.toml:12: 'heat' has no parameter 'epsilon'");
  EXPECT_EQ(
      refusal_of(heat, "driver = \"heat\"\nsize = 1\nparams = { eps = 1 }\nranks = 2\n").first,
      "x.toml:13: 'ranks' has no effect in 'heat'");
  EXPECT_EQ(refusal_of(heat, "driver = \"heat\"\nsize = 1\nparams = { eps = 1 }\nthreds = 2\n"),
            std::pair(std::string("x.toml:13: unknown key 'threds' in [[experiment]]"),
                      std::string("did you mean 'threads'?")));
  const std::string gone = "[[driver]]\nname = \"gone\"\ncommand = [\"./no-such-program\"]\n";
  const std::string text = refusal_of(gone, "driver = \"gone\"\n").first;
  EXPECT_TRUE(text.starts_with("x.toml:6: gone: cannot start './no-such-program'")) << text;
}

TEST(PlanOfACommand, SaysWhyADriverCannotBeUsed) {
  const Campaign campaign =
      campaign_of("[[driver]]\nname = \"own\"\nprogram = \"./own\"\n", "driver = \"own\"\n");
  DriverFacts facts;
  facts.unusable["own"] = {"cannot start ./own: no", "build it"};
  try {
    make_plan(campaign, machine_of(1), facts);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "x.toml:3: the driver 'own': cannot start ./own: no");
    EXPECT_EQ(error.hint(), "build it");
  }
}

TEST(PlanOfADriver, TakesItsOnlyKernel) {
  const Campaign campaign =
      campaign_of("[[driver]]\nname = \"own\"\nprogram = \"./own\"\n", "driver = \"own\"\n");
  DriverFacts facts = pretended_drivers();
  const auto with_kernels = [&](const json& kernels) {
    facts.named["own"] = parse_config_driver(
        described_driver(models::serial, kernels, "own").dump(), "/x/own", "own");
    return make_plan(campaign, machine_of(1), facts);
  };
  const json sieve = described_kernel("limit", json::array({count_param("limit")}));
  EXPECT_EQ(with_kernels({{"sieve", sieve}}).front().kernel, "sieve");
  EXPECT_THROW(with_kernels({{"sieve", sieve}, {"stream", sieve}}), Error);
}

TEST(ParseConfigDriver, WantsTheNameOfTheConfig) {
  const std::string text = described_driver(models::serial, json::object(), "own").dump();
  EXPECT_EQ(parse_config_driver(text, "/x/any-name", "own").implementation, "own");
  EXPECT_THROW(parse_config_driver(text, "/x/own", "mine"), Error);
}

}  // namespace
}  // namespace scalelaw::harness
