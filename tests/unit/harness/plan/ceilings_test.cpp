#include "harness/plan/ceilings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/models.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

ParamFacts named(const char* name, std::vector<std::string> choices = {}) {
  ParamFacts param;
  param.name = name;
  param.choices = std::move(choices);
  return param;
}

DriverFacts all_drivers() {
  DriverFacts drivers;
  for (const Model& model : models::all) {
    Driver driver;
    driver.model = model;
    driver.kernels["memory_read"].params = {named("bytes"), named("times")};
    driver.kernels["core_rate"].params = {named("rate", {"add", "multiply_add"})};
    if (model.ranked) driver.kernels["collectives"] = {};
    drivers.models.push_back(driver);
  }
  drivers.describe = [](const Driver&, const std::string&, const json& params, const json&,
                        std::int64_t) {
    constexpr std::int64_t item = 8192;  // what memory_read holds is whole ones
    json work{{"memory_bound", true}, {"amount", 8.0}};
    const auto bytes = params.value("bytes", std::int64_t{0});
    work["resident_bytes"] = static_cast<double>((bytes + item - 1) / item * item);
    return json{{"params", params}, {"work", work}};
  };
  return drivers;
}

Point make_point(Model model, const Placement& placement, bool memory_bound,
                 double resident_bytes) {
  Point point;
  point.id = "point";
  point.kernel = memory_bound ? "dot_product" : "prime_sieve";
  point.model = model;
  point.placement = placement;
  point.options = json::object();
  point.work = {{"memory_bound", memory_bound}, {"resident_bytes", resident_bytes}};
  return point;
}

/// The ceilings that are added to `points`.
std::vector<Point> added_to(std::vector<Point> points, const DriverFacts& drivers = all_drivers()) {
  const std::size_t before = points.size();
  add_ceilings(points, drivers, 1);
  return {points.begin() + static_cast<std::ptrdiff_t>(before), points.end()};
}

TEST(Ceilings, ReadMemoryWhereMemoryBoundKernelsRun) {
  const std::vector<Point> added = added_to({make_point(models::serial, {1, 1, 1}, true, 1e6),
                                             make_point(models::openmp, {1, 1, 2}, true, 1e6),
                                             make_point(models::openmp, {1, 1, 2}, true, 4e6),
                                             make_point(models::openmp, {1, 1, 4}, false, 9e6)});
  ASSERT_EQ(added.size(), 3U);
  EXPECT_EQ(added[0].kernel, "memory_read");
  EXPECT_EQ(added[0].model, models::serial);
  EXPECT_EQ(added[0].params, (json{{"bytes", 1'000'000}, {"times", 17}}));
  EXPECT_EQ(added[1].placement, (Placement{1, 1, 2}));
  EXPECT_EQ(added[1].params, (json{{"bytes", 1'000'000}, {"times", 17}}));
  EXPECT_EQ(added[2].placement, (Placement{1, 1, 2}));
  EXPECT_EQ(added[2].params, (json{{"bytes", 4'000'000}, {"times", 5}}));
  EXPECT_NE(added[1].series, added[2].series) << "a series differs in placement alone";
  EXPECT_EQ(added[1].experiment, ceilings_experiment);
  EXPECT_EQ(added[1].state, State::pending);
}

TEST(Ceilings, ReadWhatFitsACacheOftenEnoughToTakeMilliseconds) {
  const auto times = [](double bytes) {
    const json params = added_to({make_point(models::serial, {1, 1, 1}, true, bytes)})[0].params;
    return params.value("times", std::int64_t{1});
  };
  EXPECT_EQ(times(16384), 1024);
  EXPECT_EQ(times(5e6), 4);
  EXPECT_EQ(times(16 << 20), 1);
  DriverFacts of_others = all_drivers();
  for (Driver& driver : of_others.models) driver.kernels["memory_read"].params.clear();
  const auto added = added_to({make_point(models::serial, {1, 1, 1}, true, 16384)}, of_others);
  EXPECT_EQ(added[0].params, (json{{"bytes", 16384}}))
      << "a driver that cannot repeat is not asked to";
}

TEST(Ceilings, ReadNothingWhereTheSmallestReadIsMuchLarger) {
  EXPECT_TRUE(added_to({make_point(models::serial, {1, 1, 1}, true, 16)}).empty());
  const std::vector<Point> near = added_to({make_point(models::serial, {1, 1, 1}, true, 5000)});
  ASSERT_EQ(near.size(), 1U);
  EXPECT_EQ(near[0].params, (json{{"bytes", 5000}, {"times", 2048}})) << "of 8192 bytes";
}

TEST(Ceilings, HaveNoCeilings) {
  Point read = make_point(models::serial, {1, 1, 1}, true, 16384);
  read.kernel = "memory_read";
  EXPECT_TRUE(added_to({read}).empty());
}

TEST(Ceilings, MeasureTheRatesThatPointsDemandWhereMemoryIsRead) {
  Point streaming = make_point(models::openmp, {1, 1, 2}, true, 1e9);
  streaming.work["demands"] = {{"add", 1e8}, {"unknown", 1.0}};
  Point beside = make_point(models::openmp, {1, 1, 2}, false, 0);
  beside.work["demands"] = {{"multiply_add", 1e8}};
  std::vector<Point> rates;
  for (const Point& point : added_to({streaming, beside})) {
    if (point.kernel == "core_rate") rates.push_back(point);
  }
  ASSERT_EQ(rates.size(), 2U) << "a rate that no driver knows is not planned";
  EXPECT_EQ(rates[0].params, (json{{"rate", "add"}, {"operations", 60'000'000}}));
  EXPECT_EQ(rates[1].params.at("rate"), "multiply_add");
  EXPECT_NE(rates[0].series, rates[1].series);
  EXPECT_TRUE(is_ceiling(rates[0]));
  EXPECT_TRUE(added_to({beside}).empty()) << "no ceiling where memory limits nothing";
}

TEST(Ceilings, MeasureNoRateThatWouldBeComparedWithNothing) {
  const auto rates_of = [](TimeSource clock, double demand) {
    Point point = make_point(models::openmp, {1, 1, 2}, true, 1e9);
    point.work["demands"] = {{"add", demand}};
    point.clock = clock;
    return std::ranges::count(added_to({point}), "core_rate", &Point::kernel);
  };
  EXPECT_EQ(rates_of(TimeSource::measured, 1e8), 1);
  EXPECT_EQ(rates_of(TimeSource::measured, 0), 0);
  EXPECT_EQ(rates_of(TimeSource::pretended, 1e8), 0);
  EXPECT_EQ(rates_of(TimeSource::simulated, 1e8), 0);
}

TEST(Ceilings, AreOfEachWorkingSetWhereAFewAreAskedFor) {
  EXPECT_EQ(ceiling_sizes({160'000, 1'600'000'000, 16'000'000, 160'000}),
            (std::vector<std::int64_t>{160'000, 16'000'000, 1'600'000'000}));
  EXPECT_EQ(ceiling_sizes({1000, 960, 900}), (std::vector<std::int64_t>{900, 1000}))
      << "sizes a tenth apart share the larger one's";
  EXPECT_TRUE(ceiling_sizes({}).empty());
}

/// However many sizes there are, no placement has more ceilings than doublings, and each size has
/// one within reach.
TEST(Ceilings, AreBoundedWhereManySizesAreAskedFor) {
  std::vector<std::int64_t> bytes;
  for (std::int64_t size = 1 << 12; size < (1 << 26); size += size / 7) bytes.push_back(size);
  ASSERT_GT(bytes.size(), 60U);
  const std::vector<std::int64_t> sizes = ceiling_sizes(bytes);
  EXPECT_LE(sizes.size(), 15U);
  EXPECT_TRUE(std::is_sorted(sizes.begin(), sizes.end()));
  for (const std::int64_t size : bytes) {
    EXPECT_TRUE(std::any_of(sizes.begin(), sizes.end(), [&](std::int64_t ceiling) {
      return ceiling >= size && ceiling <= 2 * size;
    })) << size;
  }
}

TEST(Ceilings, TimeExchangesWhereRanksMeet) {
  EXPECT_TRUE(added_to({make_point(models::mpi, {1, 1, 1}, false, 0)}).empty());
  const std::vector<Point> added = added_to({make_point(models::mpi, {1, 2, 1}, false, 0)});
  ASSERT_EQ(added.size(), 3U);
  for (const Point& point : added) EXPECT_EQ(point.kernel, "collectives");
  Point scattered = make_point(models::hybrid, {2, 1, 2}, true, 1e6);
  scattered.work["holds"] = {{"root", "whole"}, {"others", "share"}};
  std::set<std::string> operations;
  for (const Point& point : added_to({scattered})) {
    if (point.kernel == "collectives") operations.insert(point.params.at("operation"));
  }
  EXPECT_EQ(operations, (std::set<std::string>{"allreduce", "gather", "scatter"}));
}

TEST(Ceilings, ScatterTheSharesThatPointsAreDealt) {
  const auto largest = [](double resident_bytes) {
    Point scattered = make_point(models::mpi, {1, 4, 1}, false, resident_bytes);
    scattered.work["holds"] = {{"root", "whole"}, {"others", "share"}};
    std::int64_t bytes = 0;
    for (const Point& point : added_to({scattered})) {
      if (point.params.at("operation") != "scatter") continue;
      bytes = std::max(bytes, point.params.at("bytes").get<std::int64_t>());
    }
    return bytes;
  };
  EXPECT_EQ(largest(400e6), 100'000'000);
  EXPECT_EQ(largest(1e3), 1 << 20);
  EXPECT_EQ(largest(1e12), 256 << 20);
}

TEST(Ceilings, AreOfSeriesOfTheirOwn) {
  std::vector<Point> points{make_point(models::openmp, {1, 1, 1}, true, 1e6),
                            make_point(models::openmp, {1, 1, 2}, true, 1e6),
                            make_point(models::mpi, {1, 2, 1}, true, 1e6)};
  points[2].series = 7;
  const std::vector<Point> added = added_to(points);
  for (const Point& point : added) EXPECT_GE(point.series, 8);
  EXPECT_EQ(added[0].series, added[1].series);  // the same model: they differ in placement alone
  EXPECT_NE(added[0].series, added[2].series);
  std::set<std::string> ids;
  for (const Point& point : added) ids.insert(point.id);
  EXPECT_EQ(ids.size(), added.size());
}

TEST(Ceilings, AreNotAddedForWhatIsNotMeasured) {
  std::vector<Point> points(3, make_point(models::mpi, {1, 2, 1}, true, 1e6));
  points[0].state = State::skipped;
  points[1].oversubscribed = true;
  points[2].implementation = "openblas";
  EXPECT_TRUE(added_to(points).empty());
}

TEST(Ceilings, AreNotAddedTwiceNorToDriversThatLackThem) {
  std::vector<Point> points{make_point(models::openmp, {1, 1, 2}, true, 1e6)};
  add_ceilings(points, all_drivers(), 1);
  ASSERT_EQ(points.size(), 2U);
  EXPECT_TRUE(added_to(points).empty());
  DriverFacts without = all_drivers();
  without.models[1].kernels.clear();
  EXPECT_TRUE(added_to({make_point(models::openmp, {1, 1, 2}, true, 1e6)}, without).empty());
}

}  // namespace
}  // namespace scalelaw::harness
