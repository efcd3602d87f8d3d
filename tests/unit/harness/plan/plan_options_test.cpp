#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/plan/plan.hpp"
#include "support/pretended_drivers.hpp"

namespace scalelaw::harness {
namespace {

using namespace std::string_literals;

TEST(Plan, RefusesAnOptionThatNoModelCanUse) {
  EXPECT_EQ(refusal("kernel = \"stream\"\nmodels = \"serial\"\nschedule = \"dynamic\""),
            std::pair("x.toml:6: 'schedule' has no effect in 'stream'"s,
                      "it needs a model with threads (scalelaw list stream)"s));
  EXPECT_EQ(refusal("kernel = \"stream\"\noverlap = true"),
            std::pair("x.toml:5: 'overlap' has no effect in 'stream'"s,
                      "it needs data = \"scatter\" (scalelaw list stream)"s));
  EXPECT_EQ(refusal("kernel = \"stream\"\nrank_chunk = 4").second,
            "it needs overlap = true or distribution = \"dynamic\" (scalelaw list stream)");
  EXPECT_EQ(refusal("kernel = \"stream\"\noverlap = true\ndata = \"scatter\"").first, "accepted");
  EXPECT_EQ(refusal("kernel = \"stream\"\nmodels = \"serial\"\ndata = \"local\"").first,
            "accepted");
}

TEST(Plan, NamesTheLineOfAnOptionThatADriverRefuses) {
  EXPECT_EQ(refusal("kernel = \"sieve\"\nisa = [\"auto\", \"neon\"]").first,
            "x.toml:5: sieve: no neon here");
  EXPECT_EQ(refusal("kernel = \"sieve\"\nmodels = \"openmp\"\nchunk = 3\nisa = \"neon\"\n"
                    "schedule = \"dynamic\"")
                .first,
            "x.toml:7: sieve: no neon here");
}

TEST(Plan, RefusesOptionsThatAreNone) {
  const auto [what, hint] = refusal("kernel = \"stream\"\nrnaks = 2");
  EXPECT_EQ(what, "x.toml:5: unknown key 'rnaks' in [[experiment]]");
  EXPECT_EQ(hint, "did you mean 'ranks'?");
  EXPECT_EQ(refusal("kernel = \"stream\"\nshedule = \"static\"").second,
            "did you mean 'schedule'?");
  EXPECT_EQ(refusal("kernel = \"stream\"\nqqqqqqqqqqqqqqqqqqqqqqqqq = 2").second.substr(0, 23),
            "[[experiment]] takes: k");
  EXPECT_EQ(refusal("kernel = \"stream\"\nmode = \"data\""),
            std::pair("x.toml:5: 'stream' has no option 'mode'"s, "kernels that have it: press"s));
  EXPECT_EQ(refusal("kernel = \"stream\"\ntype = \"f32\""),
            std::pair("x.toml:5: unknown key 'type' in [[experiment]]"s,
                      "it is a parameter of 'stream': write params = { type = ... }"s));
}

TEST(Plan, RefusesEachWrongValueOfAnOptionWithItsLine) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"schedule = \"auto\"", "x.toml:5: 'schedule': unknown value 'auto'"},
      {"mode = \"pipe\"", "x.toml:5: 'mode': unknown value 'pipe'"},
      {"chunk = -2", "x.toml:5: 'chunk': -2 is too small"},
      {"chunk = 1.5", "x.toml:5: 'chunk': 1.5 is not a whole number"},
      {"chunk = \"x\"", "x.toml:5: 'chunk': 'x' is not a number"},
      {"chunk = true", "x.toml:5: 'chunk': true is not a number"},
      {"chunk = [1, -1]", "x.toml:5: 'chunk': -1 is too small"},
      {"overlap = \"yes\"", "x.toml:5: 'overlap': 'yes' is neither true nor false"},
      {"isa = 3", "x.toml:5: 'isa': unknown value '3'"}};
  for (const auto& [line, what] : cases) {
    const auto [said, hint] = refusal("kernel = \"press\"\n" + line);
    EXPECT_EQ(said, what) << line;
    EXPECT_FALSE(hint.empty()) << line;
  }
  EXPECT_EQ(refusal("kernel = \"press\"\nchunk = -2").second, "give at least 0");
  EXPECT_EQ(refusal("kernel = \"press\"\nschedule = 1").second,
            "choose one of: static, dynamic, guided");
}

TEST(Plan, ReadsCountsOfOptionsAsPeopleWriteThem) {
  const auto points = plan(
      "kernel = \"stream\"\nmodels = \"openmp\"\nchunk = [\"4Ki\", 1e3, 4096]\n"
      "schedule = \"dynamic\"");
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].options, (json{{"chunk", 4096}, {"schedule", "dynamic"}}));
  EXPECT_EQ(points[1].options, (json{{"chunk", 1000}, {"schedule", "dynamic"}}));
}

TEST(Plan, AsksForAParameterThatAnOptionCannotDoWithout) {
  EXPECT_EQ(refusal("kernel = \"stream\"\ndata = [\"local\", \"file\"]"),
            std::pair("x.toml:5: 'data' needs the parameter 'input'"s,
                      "add it: params = { input = ... }"s));
  EXPECT_EQ(refusal("kernel = \"stream\"\ndata = \"file\"\nparams = { input = \"x\" }").first,
            "accepted");
}

TEST(Plan, GivesAPointTheWorkThatItsOptionsMake) {
  const auto points =
      plan("kernel = \"stream\"\nmodels = \"mpi\"\nranks = 2\ndata = [\"local\", \"scatter\"]");
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].work.value("exchange", "none"), "none");
  EXPECT_EQ(points[1].work.value("exchange", "none"), "scatter");
}

TEST(Plan, RunsAPipelineWithoutOptionsOfItems) {
  const std::string press = "kernel = \"press\"\nparams = { to = \"out\" }\n";
  const auto points = plan(press +
                               "mode = [\"data\", \"pipeline\"]\nthreads = 2\n"
                               "schedule = [\"static\", \"dynamic\"]\n"
                               "distribution = [\"block\", \"dynamic\"]\n",
                           machine_of(4, 8e12));
  std::map<std::string, std::vector<json>> pipelines;
  for (const Point& point : points) {
    if (point.task() == "pipeline") pipelines[point.model.name].push_back(point.options);
    EXPECT_FALSE(point.params.contains("mode"));
  }
  for (const Model& model : models::all) {
    EXPECT_EQ(pipelines[model.name], (std::vector<json>{{{"mode", "pipeline"}}}))
        << "no schedule or distribution of items in a pipeline of " << model.name;
  }
  EXPECT_EQ(refusal("kernel = \"press\"\nmode = \"pipeline\"", machine_of(4, 8e12)),
            std::pair("x.toml:5: press: a pipeline has nowhere to write"s, "name it with --to"s));
  EXPECT_EQ(refusal(press + "mode = \"pipeline\"\nschedule = \"dynamic\"").first,
            "x.toml:7: 'schedule' has no effect in 'press'");
}

}  // namespace
}  // namespace scalelaw::harness
