#include "harness/plan/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "common/error.hpp"
#include "harness/config/parse.hpp"
#include "harness/plan/faults.hpp"
#include "harness/plan/file_check.hpp"
#include "support/described.hpp"
#include "support/models.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;
using namespace std::string_literals;

json count_param(const std::string& name) {
  return {{"name", name}, {"type", "count"}, {"default", 1000}};
}
json text_param(const std::string& name) {
  return {{"name", name}, {"type", "text"}, {"default", ""}};
}

json work_of(double operations, double resident_bytes, bool memory_bound) {
  return {{"operations", operations},
          {"resident_bytes", resident_bytes},
          {"memory_bound", memory_bound}};
}

json describe_stream(const json& params, const json& options, std::int64_t seed) {
  const auto length = params.value("length", std::int64_t{1000});
  if (params.value("type", "f64") == "f16") throw Error("unknown value 'f16'", "choose f32");
  const double bytes = 8.0 * static_cast<double>(length);
  json work = work_of(bytes, bytes, true);
  if (options.value("data", "local") == "scatter") work["exchange"] = "scatter";
  return {{"params",
           {{"length", length},
            {"type", params.value("type", "f64")},
            {"input", params.value("input", "")},
            {"seed", seed}}},
          {"size_parameter", params.contains("input") ? "" : "length"},
          {"work", work}};
}

json describe_press(const json& params, const json& options) {
  json work = work_of(1, 1e12, false);
  if (options.value("mode", "data") == "pipeline") {
    if (!params.contains("to")) throw Error("a pipeline has nowhere to write", "name it with --to");
    work["task"] = "pipeline";
    work["holds"] = {{"root", "nothing"}, {"others", "nothing"}};
  }
  return {{"params", {{"length", 1000}, {"to", params.value("to", "")}}}, {"work", work}};
}

json describe_sieve(const json& params, const json& options, std::int64_t seed) {
  if (options.value("isa", "auto") == "neon") throw Error("no neon here", "another isa");
  const auto limit = params.value("limit", std::int64_t{1000});
  const auto n = static_cast<double>(limit);
  return {{"params", {{"limit", limit}, {"seed", seed}}},
          {"work", work_of(n * std::log(std::log(n + 16)), 0, false)}};
}

/// Drivers of three kernels: `stream` reads 8 bytes an item from memory, `sieve` computes n log log
/// n, `press` has a pipeline that needs to know where its output goes.
DriverFacts pretended_drivers() {
  const json type{
      {"name", "type"}, {"type", "choice"}, {"default", "f64"}, {"choices", {"f32", "f64"}}};
  const json stream =
      described_kernel("length", {count_param("length"), type, text_param("input")});
  const json kernels{
      {"stream", stream},
      {"sieve", described_kernel("limit", json::array({count_param("limit")}))},
      {"press", described_kernel("length", {count_param("length"), text_param("to")}, true)}};
  DriverFacts out;
  for (const Model& model : models::all) {
    out.models.push_back(pretended_driver(model, kernels));
    out.model_names.push_back(model.name);
  }
  out.peers["blas"] = parse_driver(
      described_driver(models::openmp, {{"stream", stream}}, "blas").dump(), "scalelaw-peer-blas");
  out.peer_names = {"blas"};
  out.describe = [](const Driver&, const std::string& kernel, const json& params,
                    const json& options, std::int64_t seed) -> json {
    if (kernel == "stream") return describe_stream(params, options, seed);
    return kernel == "press" ? describe_press(params, options)
                             : describe_sieve(params, options, seed);
  };
  return out;
}

void remove_model(DriverFacts& drivers, const std::string& name) {
  std::erase_if(drivers.models, [&](const Driver& driver) { return driver.model.name == name; });
  std::erase(drivers.model_names, name);
}

Machine machine_of(std::int64_t cores, double memory = 64e9) {
  Machine machine;
  machine.cores = cores;
  machine.cores_total = cores;
  machine.last_level_cache_bytes = 32 << 20;
  machine.memory_bytes = memory;
  return machine;
}

std::vector<Point> plan(const std::string& experiment, const Machine& machine = machine_of(4)) {
  return make_plan(
      parse_campaign("[campaign]\nname = \"c\"\n[[experiment]]\n" + experiment, "x.toml"), machine,
      pretended_drivers());
}

std::pair<std::string, std::string> refusal(const std::string& experiment,
                                            const Machine& machine = machine_of(4)) {
  try {
    plan(experiment, machine);
  } catch (const Error& error) {
    return {error.what(), error.hint()};
  }
  return {"accepted", ""};
}

/// "model NxRxT" of the points of one model, in order.
std::vector<std::string> placements(const std::vector<Point>& points, const Model& model) {
  std::vector<std::string> out;
  for (const Point& point : points) {
    if (point.model != model) continue;
    const Placement& at = point.placement;
    out.push_back(std::to_string(at.nodes) + "x" + std::to_string(at.ranks_per_node) + "x" +
                  std::to_string(at.threads) + (point.state == State::skipped ? " skipped" : ""));
  }
  return out;
}

using Texts = std::vector<std::string>;

TEST(Plan, GivesEachModelThePlacementsItCanUse) {
  const auto points = plan("kernel = \"stream\"\nranks = [1, 2]\nthreads = [1, 2, 4]");
  EXPECT_EQ(placements(points, models::serial), (Texts{"1x1x1"}));
  EXPECT_EQ(placements(points, models::openmp), (Texts{"1x1x1", "1x1x2", "1x1x4"}));
  EXPECT_EQ(placements(points, models::mpi), (Texts{"1x1x1", "1x2x1"}));
  EXPECT_EQ(placements(points, models::hybrid),
            (Texts{"1x1x1", "1x1x2", "1x2x1", "1x1x4", "1x2x2", "1x2x4 skipped"}));
}

TEST(Plan, TakesPowersOfTwoAndAllCoresForAuto) {
  const auto points =
      plan("kernel = \"stream\"\nranks = \"auto\"\nthreads = \"auto\"", machine_of(6));
  EXPECT_EQ(placements(points, models::openmp), (Texts{"1x1x1", "1x1x2", "1x1x4", "1x1x6"}));
  EXPECT_EQ(placements(points, models::hybrid),
            (Texts{"1x1x1", "1x1x2", "1x2x1", "1x1x4", "1x2x2", "1x4x1", "1x1x6", "1x6x1"}));
}

TEST(Plan, SpreadsOverNodes) {
  Machine machine = machine_of(2);
  machine.nodes = 3;
  const auto points = plan("kernel = \"stream\"\nnodes = \"auto\"\nranks = 2", machine);
  EXPECT_EQ(placements(points, models::mpi), (Texts{"1x2x1", "2x2x1", "3x2x1"}));
  EXPECT_EQ(placements(points, models::openmp), (Texts{"1x1x1"}));
  EXPECT_EQ(refusal("kernel = \"stream\"\nnodes = 4", machine).first,
            "x.toml:5: 4 nodes, but only 3 known");
}

TEST(Plan, RefusesMoreWorkersThanCoresUnlessAsked) {
  const auto [what, hint] = refusal("kernel = \"stream\"\nthreads = 8");
  EXPECT_EQ(what, "x.toml:5: 8 threads on 4 cores");
  EXPECT_NE(hint.find("oversubscribe = true"), std::string::npos);
  Machine allowed = machine_of(2);
  allowed.cores_total = 64;
  EXPECT_EQ(refusal("kernel = \"stream\"\nranks = [1, 3]", allowed).first,
            "x.toml:5: 3 ranks on 2 of 64 cores allowed");
  const auto points = plan("kernel = \"stream\"\nthreads = [4, 8]\noversubscribe = true");
  for (const Point& point : points) {
    EXPECT_EQ(point.oversubscribed, point.placement.workers() > 4) << point.id;
    EXPECT_EQ(point.state, State::pending) << point.id;
  }
}

TEST(Plan, SolvesWeakSizesFromTheWorkModel) {
  const auto points = plan(
      "kernel = \"sieve\"\nmodels = \"openmp\"\nscaling = \"weak\"\nsize = 1e6\n"
      "threads = [1, 2, 4]");
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].params["limit"], 1000000);
  const double one = points[0].work["operations"];
  for (const Point& point : points) {
    const auto workers = static_cast<double>(point.placement.workers());
    EXPECT_NEAR(point.work["operations"].get<double>() / (workers * one), 1, 1e-6) << point.id;
    EXPECT_EQ(point.series, points[0].series);
  }
  // n log log n: twice the work is a little less than twice the limit.
  EXPECT_LT(points[1].params["limit"], 2000000);
  EXPECT_GT(points[1].params["limit"], 1900000);
}

TEST(Plan, KeepsStrongSizesConstant) {
  const auto points =
      plan("kernel = \"sieve\"\nmodels = \"openmp\"\nsize = 1e6\nthreads = [1, 2, 4]");
  for (const Point& point : points) EXPECT_EQ(point.params["limit"], 1000000);
}

TEST(Plan, FillsFourCachesWhenAMemoryBoundKernelsSizeIsAuto) {
  const auto points = plan("kernel = \"stream\"\nmodels = \"serial\"\nsize = \"auto\"");
  EXPECT_EQ(points[0].params["length"], 4 * (32 << 20) / 8);
  EXPECT_EQ(points[0].reason,
            "size auto: length = 16777216, 4 times the last-level cache of 32.0 MiB");
}

TEST(Plan, BoundsAutoByTheMemoryAvailable) {
  const auto strong =
      plan("kernel = \"stream\"\nmodels = \"serial\"\nsize = \"auto\"", machine_of(4, 160e6));
  EXPECT_EQ(strong[0].params["length"], 10'000'000);
  EXPECT_EQ(strong[0].reason,
            "size auto: length = 10000000, bounded by the memory available, 153 MiB");
  const auto weak = plan(
      "kernel = \"stream\"\nmodels = \"openmp\"\nscaling = \"weak\"\nsize = \"auto\"\n"
      "threads = \"auto\"",
      machine_of(4, 160e6));
  EXPECT_EQ(weak.back().placement.threads, 4);
  EXPECT_EQ(weak.back().params["length"], 10'000'000);
  EXPECT_EQ(weak.back().state, State::pending);
}

TEST(Plan, KeepsTheKernelsOwnSizeWhenItIsNotMemoryBound) {
  const auto points = plan("kernel = \"sieve\"\nmodels = \"serial\"\nsize = \"auto\"");
  EXPECT_EQ(points[0].params["limit"], 1000);
  EXPECT_EQ(points[0].reason, "size auto: limit = 1000, the kernel's own");
}

TEST(Plan, RefusesAWrittenSizeBeyondTheMemoryAndSkipsADerivedOne) {
  const auto [what, hint] =
      refusal("kernel = \"stream\"\nsize = \"5Gi\"", machine_of(4, 22.0 * (1 << 30)));
  EXPECT_EQ(what, "x.toml:5: 'stream' needs 40.0 GiB, 22.0 GiB available");
  EXPECT_FALSE(hint.empty());
  const auto weak = plan(
      "kernel = \"stream\"\nmodels = \"openmp\"\nscaling = \"weak\"\nsize = \"1Gi\"\n"
      "threads = [1, 2, 4]",
      machine_of(4, 22.0 * (1 << 30)));
  EXPECT_EQ(placements(weak, models::openmp), (Texts{"1x1x1", "1x1x2", "1x1x4 skipped"}));
  EXPECT_EQ(weak[2].reason, "'stream' needs 32.0 GiB, 22.0 GiB available");
}

TEST(Plan, CountsTheMemoryOfWhatEachRankHolds) {
  Point point;
  point.work = {{"resident_bytes", 100.0}};
  point.placement = {2, 2, 1};
  EXPECT_EQ(memory_need(point), 50);
  point.work["holds"] = {{"root", "whole"}, {"others", "share"}};
  EXPECT_EQ(memory_need(point), 125);
  point.work["holds"] = {{"root", "whole"}, {"others", "whole"}};
  EXPECT_EQ(memory_need(point), 200);
  point.work["holds"] = {{"root", "nothing"}, {"others", "whole"}};
  EXPECT_EQ(memory_need(point), 200) << "the node that holds most";
  point.work["holds"] = {{"root", "nothing"}, {"others", "nothing"}};
  EXPECT_EQ(memory_need(point), 0);
}

TEST(Plan, SweepsSizesParametersAndOptions) {
  const auto points = plan(
      "kernel = \"stream\"\nmodels = [\"serial\", \"openmp\"]\nsize = [100, 200]\n"
      "schedule = [\"static\", \"dynamic\"]\nparams = { type = [\"f32\", \"f64\"] }");
  // 2 sizes x 2 types x (serial: schedules mean nothing to it; openmp: 2)
  EXPECT_EQ(points.size(), 12U);
  std::set<std::int64_t> series;
  std::set<std::string> ids;
  for (const Point& point : points) {
    series.insert(point.series);
    ids.insert(point.id);
    EXPECT_EQ(point.options.contains("schedule"), point.model == models::openmp);
  }
  EXPECT_EQ(series.size(), 12U);
  EXPECT_EQ(ids.size(), 12U);
}

TEST(Plan, RefusesPlacementsThatNoModelCanTake) {
  const std::string serial = "kernel = \"stream\"\nmodels = \"serial\"\n";
  EXPECT_EQ(refusal(serial + "threads = [1, 2]"),
            std::pair("x.toml:6: 'threads' has no effect in 'stream'"s,
                      "omit it, or add a model with threads to models (scalelaw list)"s));
  EXPECT_EQ(refusal(serial + "ranks = \"auto\"").first,
            "x.toml:6: 'ranks' has no effect in 'stream'");
  EXPECT_EQ(refusal("kernel = \"stream\"\nmodels = [\"serial\", \"openmp\"]\nnodes = 2").first,
            "x.toml:6: 'nodes' has no effect in 'stream'");
  EXPECT_EQ(refusal(serial + "threads = 1\nranks = [1]").first, "accepted");
}

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

TEST(Plan, LeavesTheSizeOfAnInputAlone) {
  for (const std::string size : {"", "size = \"auto\"\n"}) {
    const auto points = plan("kernel = \"stream\"\nmodels = [\"serial\", \"openmp\"]\n" + size +
                             "scaling = [\"strong\", \"weak\"]\nthreads = [1, 2]\n"
                             "params = { input = \"x.h5\" }");
    for (const Point& point : points) {
      EXPECT_EQ(point.params, (json{{"input", "x.h5"}})) << "a driver takes one or the other";
      const bool grown = point.scaling == Scaling::weak && point.placement.workers() > 1;
      EXPECT_EQ(point.state == State::skipped, grown) << point.reason;
    }
  }
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

TEST(Plan, LeavesTheMemoryOfAPipelineToItsDriver) {
  const std::string press = "kernel = \"press\"\nparams = { to = \"out\" }\nmodels = \"serial\"\n";
  EXPECT_EQ(plan(press + "mode = \"pipeline\"").size(), 1U) << "its input is larger than memory";
  EXPECT_NE(refusal(press).first, "accepted");
}

TEST(Plan, AddsPeers) {
  const auto points = plan(
      "kernel = \"stream\"\nmodels = \"serial\"\nthreads = [1, 2]\npeers = [\"blas\"]\n"
      "scaling = [\"strong\", \"weak\"]");
  ASSERT_EQ(points.size(), 6U);
  EXPECT_EQ(points[1].implementation, "blas");
  EXPECT_EQ(points[2].placement.threads, 2);
  EXPECT_EQ(points[5].params["length"], 2000);
  const auto [what, hint] = refusal("kernel = \"stream\"\npeers = \"bals\"");
  EXPECT_EQ(what, "x.toml:3: there is no peer 'bals'");
  EXPECT_EQ(hint, "did you mean 'blas'?");
  EXPECT_EQ(refusal("kernel = \"sieve\"\npeers = \"blas\"").first,
            "x.toml:3: the peer 'blas' does not have the kernel 'sieve'");
}

TEST(Plan, SkipsAPeerThatWasNotBuilt) {
  const auto points =
      plan("kernel = \"stream\"\nmodels = \"serial\"\npeers = [\"another_library\", \"blas\"]");
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[1].implementation, "another_library");
  EXPECT_EQ(points[1].state, State::skipped);
  EXPECT_EQ(points[1].reason,
            "there is no scalelaw-peer-another_library: build it where its library is found");
  EXPECT_EQ(points[2].state, State::pending);
}

TEST(Plan, NamesWhatIsUnknownOrRefused) {
  const auto [what, hint] = refusal("kernel = \"strem\"");
  EXPECT_EQ(what, "x.toml:3: unknown kernel 'strem'");
  EXPECT_EQ(hint, "did you mean 'stream'?");
  EXPECT_EQ(refusal("kernel = \"stream\"\nparams = { tpye = \"f32\" }").first,
            "x.toml:5: 'stream' has no parameter 'tpye'");
  EXPECT_EQ(refusal("kernel = \"stream\"\nparams = { type = \"f16\" }").first,
            "x.toml:3: stream: unknown value 'f16'");
  EXPECT_EQ(refusal("kernel = \"stream\"\nsize = 5\nparams = { length = 5 }").first,
            "x.toml:6: 'length' is the size of 'stream', which 'size' already gives");
}

TEST(Plan, FindsTheFaultsOfAllExperimentsAtOnce) {
  const Campaign campaign = parse_campaign(
      "[campaign]\nname = \"c\"\n"
      "[[experiment]]\nname = \"a\"\nkernel = \"stream\"\nparams = { tpye = 1, lenght = 2 }\n"
      "[[experiment]]\nname = \"b\"\nkernel = \"sieve\"\nmodels = \"serial\"\n"
      "[[experiment]]\nname = \"c\"\nkernel = \"stream\"\nmodels = \"serial\"\n"
      "params = { type = [\"f16\", \"f64\"] }\nscaling = [\"strong\", \"weak\"]\n"
      "[[experiment]]\nname = \"d\"\nkernel = \"seive\"\n",
      "x.toml");
  const Plan found = find_plan(campaign, machine_of(4), pretended_drivers());
  std::set<std::string> faults;
  for (const Error& fault : found.faults) faults.insert(fault.what());
  for (const Refusal& refusal : found.refusals) faults.insert(refusal.fault.what());
  EXPECT_EQ(faults, (std::set<std::string>{"x.toml:6: 'stream' has no parameter 'lenght'",
                                           "x.toml:6: 'stream' has no parameter 'tpye'",
                                           "x.toml:11: stream: unknown value 'f16'",
                                           "x.toml:17: unknown kernel 'seive'"}));
  EXPECT_EQ(found.points.size(), 3U) << "b, and c with f64, strong and weak";
  try {
    (void)make_plan(campaign, machine_of(4), pretended_drivers());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).substr(0, 9), "4 faults:") << error.what();
  }
}

TEST(Faults, AreNamedTogetherWithTheirRemediesAndOnceEach) {
  EXPECT_NO_THROW(throw_faults({}));
  const auto message = [](const std::vector<Error>& faults) -> std::string {
    try {
      throw_faults(faults);
    } catch (const Error& error) {
      return std::string(error.what()) + "|" + error.hint();
    }
    return "none";
  };
  const Error a("a", "do b"), c("c\nd");
  EXPECT_EQ(message({a, a}), "a|do b");
  EXPECT_EQ(message({a, c, a}), "2 faults:\n    a\n      hint: do b\n    c\n    d|");
}

TEST(Complaints, OfADriverAreTakenApart) {
  const std::vector<Error> found = parse_complaints(
      "scalelaw-serial: one:\n    x.png: bad\n  hint: leave it\nscalelaw-serial: two\n",
      "scalelaw-serial");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].what(), "one:\n    x.png: bad"s);
  EXPECT_EQ(found[0].hint(), "leave it");
  EXPECT_EQ(found[1].what(), "two"s);
  EXPECT_EQ(found[1].hint(), "");
  EXPECT_EQ(parse_complaints("terminate called\n", "scalelaw-serial").at(0).what(),
            "terminate called"s);
  EXPECT_TRUE(parse_complaints("", "scalelaw-serial").empty());
}

TEST(Plan, TakesAllModelsThatAreThereTheSimplestFirst) {
  DriverFacts drivers = pretended_drivers();
  remove_model(drivers, "hybrid");
  drivers.models.push_back(
      pretended_driver({.name = "gpu", .title = "GPU", .device = true},
                       {{"stream", described_kernel("length", json::array())}}));
  drivers.model_names.emplace_back("gpu");
  std::sort(drivers.models.begin(), drivers.models.end(),
            [](const Driver& a, const Driver& b) { return a.model < b.model; });
  const auto points = make_plan(
      parse_campaign("[campaign]\nname = \"c\"\n[[experiment]]\nkernel = \"stream\"\n", "x.toml"),
      machine_of(2), drivers);
  Texts names;
  for (const Point& point : points) names.push_back(point.model.name);
  EXPECT_EQ(names, (Texts{"serial", "gpu", "openmp", "mpi"}));
}

TEST(Plan, SkipsAModelWhoseDriverIsNotThere) {
  DriverFacts drivers = pretended_drivers();
  remove_model(drivers, "hybrid");
  const auto of_models = [&](const std::string& list) {
    return make_plan(parse_campaign("[campaign]\nname = \"c\"\n[[experiment]]\n"
                                    "kernel = \"stream\"\nthreads = [1, 2]\nschedule = \"guided\"\n"
                                    "models = " +
                                        list + "\n",
                                    "x.toml"),
                     machine_of(2), drivers);
  };
  const auto points = of_models("[\"openmp\", \"hybrid\"]");
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[2].state, State::skipped);
  EXPECT_EQ(points[2].model.name, "hybrid");
  EXPECT_EQ(points[2].reason, "there is no scalelaw-hybrid: build it; cmake says what it needs");
  EXPECT_EQ(of_models("\"hybrid\"").size(), 1U)
      << "whether the options have an effect is not known";
  try {
    (void)of_models("\"opnemp\"");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.what(), "x.toml:3: there is no model 'opnemp'"s);
    EXPECT_EQ(error.hint(), "did you mean 'openmp'?");
  }
}

TEST(Plan, SkipsAPeerThatRefusesWhatOursTakes) {
  DriverFacts drivers = pretended_drivers();
  const auto ours = drivers.describe;
  drivers.describe = [=](const Driver& driver, const std::string& kernel, const json& params,
                         const json& options, std::int64_t seed) -> json {
    if (driver.implementation == "blas") throw Error("no f32 here", "ask for f64");
    return ours(driver, kernel, params, options, seed);
  };
  const auto points =
      make_plan(parse_campaign("[campaign]\nname = \"c\"\n[[experiment]]\nkernel = \"stream\"\n"
                               "models = \"serial\"\npeers = \"blas\"\n",
                               "x.toml"),
                machine_of(2), drivers);
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].state, State::pending);
  EXPECT_EQ(points[1].state, State::skipped);
  EXPECT_EQ(points[1].reason, "no f32 here; ask for f64");
}

TEST(Plan, SkipsADriverThatCannotBeUsedWithItsReasonAndRemedy) {
  DriverFacts drivers = pretended_drivers();
  std::erase_if(drivers.models, [](const Driver& driver) { return driver.model.name == "mpi"; });
  drivers.unusable["scalelaw-mpi"] = {"libmpi.so.40 is missing", "load the MPI module"};
  drivers.unusable["scalelaw-peer-old"] = {"cannot start it", ""};
  const auto points =
      make_plan(parse_campaign("[campaign]\nname = \"c\"\n[[experiment]]\nkernel = \"stream\"\n"
                               "models = [\"serial\", \"mpi\"]\npeers = \"old\"\n",
                               "x.toml"),
                machine_of(2), drivers);
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].state, State::pending);
  EXPECT_EQ(points[1].state, State::skipped);
  EXPECT_EQ(points[1].reason, "libmpi.so.40 is missing; load the MPI module");
  EXPECT_EQ(points[2].state, State::skipped);
  EXPECT_EQ(points[2].reason, "cannot start it");
}

TEST(Identity, IsStableAndComplete) {
  const auto points = plan(
      "kernel = \"stream\"\nmodels = \"hybrid\"\nranks = 2\nthreads = 2\nsize = \"1Ki\"\n"
      "schedule = \"guided\"");
  EXPECT_EQ(points.at(0).id,
            "stream scalelaw/hybrid strong 1x2x2 length=1024 seed=1 type=f64 --schedule=guided");
  // A default that is written is still the default.
  const auto same = plan(
      "kernel = \"stream\"\nmodels = \"hybrid\"\nranks = 2\nthreads = 2\nsize = 1024\n"
      "schedule = \"guided\"\ndata = \"local\"\nparams = { type = \"f64\" }");
  EXPECT_EQ(points.at(0).id, same.at(0).id);
}

TEST(Identity, TellsRepeatedPointsApart) {
  const auto points =
      make_plan(parse_campaign("[campaign]\nname = \"c\"\n"
                               "[[experiment]]\nkernel = \"stream\"\n"
                               "[[experiment]]\nname = \"b\"\nkernel = \"stream\"\n",
                               "x.toml"),
                machine_of(2), pretended_drivers());
  std::set<std::string> ids;
  for (const Point& point : points) ids.insert(point.id);
  EXPECT_EQ(ids.size(), points.size());
}

}  // namespace
}  // namespace scalelaw::harness
