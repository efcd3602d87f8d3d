// No two rows of a table, and no two headings, look alike when their points differ.
#include "harness/analysis/names.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <sstream>

#include "harness/render/compare.hpp"
#include "harness/render/formats.hpp"
#include "harness/render/predict.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

/// Without noise, so that points that differ in name alone have the same numbers.
class Twins {
 public:
  /// A series of one and two threads, changed in one respect.
  void add(const std::function<void(Point&)>& change) {
    for (const std::int64_t p : {1, 2}) {
      Point& point = campaign_.add(series_, "k", models::openmp, {1, 1, p},
                                   {.prepare_s = 0.1, .compute_s = 0.9 / static_cast<double>(p)});
      change(point);
      point.id += " " + std::to_string(series_);
    }
    ++series_;
  }
  Results& results() { return campaign_.results(); }

 private:
  SyntheticCampaign campaign_{1, 6, 0};
  std::int64_t series_ = 0;
};

/// Series that differ from the first in one respect each.
Results all_kinds() {
  Twins twins;
  twins.add([](Point&) {});
  twins.add([](Point& p) { p.experiment = "morning"; });
  twins.add([](Point& p) { p.experiment = "evening"; });
  twins.add([](Point& p) { p.kernel = "other"; });
  twins.add([](Point& p) { p.implementation = "peer"; });
  twins.add([](Point& p) { p.params["type"] = "f32"; });
  twins.add([](Point& p) { p.options = {{"schedule", "dynamic"}}; });
  twins.add([](Point& p) { p.options = {{"schedule", "guided"}}; });
  twins.add([](Point& p) { p.work["task"] = "pipeline"; });
  twins.add([](Point& p) { p.scaling = Scaling::weak; });
  twins.add([](Point& p) {
    p.model = models::mpi;
    p.placement = {1, p.placement.threads, 1};
  });
  twins.add([](Point& p) {
    p.model = models::mpi;
    p.placement = {p.placement.threads, 1, 1};
  });
  twins.add([](Point&) {});  // the same once more
  for (Sample& sample : twins.results().samples) sample.stages = {{"read", 0.1}, {"write", 0.2}};
  return twins.results();
}

/// Faults of a document: headings and rows that are there twice.
std::vector<std::string> repeated(const std::vector<Section>& sections) {
  std::vector<std::string> found;
  std::set<std::string> headings;
  for (const Section& section : sections) {
    if (section.level < 3 && !headings.insert(section.heading).second) {
      found.push_back(section.heading);
    }
    std::set<std::string> rows;
    std::istringstream lines(as_markdown({section}));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("| ") && !rows.insert(line).second) found.push_back(line);
    }
  }
  return found;
}

TEST(Names, TellAnyTwoPointsApartInEveryTable) {
  const Results results = all_kinds();
  EXPECT_EQ(repeated(report_sections(make_report(results))), std::vector<std::string>{});
  EXPECT_EQ(repeated(predict_sections(results, {.workers = {4}})), std::vector<std::string>{});
  const Comparison comparison = compare(results, results, 0.05);
  EXPECT_EQ(repeated(compare_sections(comparison, results, results)), std::vector<std::string>{});
}

TEST(NamesNegativeControl, RowsAndHeadingsThatLookAlikeAreFound) {
  const Section twice{2, "h", {}, {{"name", "n"}, {{"a", "1"}, {"a", "1"}}, {0}}, {}};
  EXPECT_EQ(repeated({twice, twice}), (std::vector<std::string>{"| a | 1 |", "h", "| a | 1 |"}));
}

TEST(Names, PutAnExperimentsOwnNameInFront) {
  Point point;
  point.kernel = point.experiment = "dot_product";
  point.params = {{"length", 1000}, {"seed", 7}};
  point.options = {{"data", "scatter"}, {"mode", "pipeline"}};
  point.work = {{"task", "pipeline"}};
  point.model = models::mpi;
  point.placement = {1, 2, 1};
  EXPECT_EQ(point_label(point), "dot_product pipeline length=1000, mpi data=scatter 1x2x1");
  point.experiment = "evening";
  point.scaling = Scaling::weak;
  point.implementation = "numpy";
  EXPECT_EQ(point_label(point),
            "evening: dot_product pipeline length=1000, weak, mpi by numpy data=scatter 1x2x1");
  EXPECT_EQ(runner_label(point, "data"), "mpi by numpy");
  point.work = nullptr;
  point.options = {{"note", ""}};
  EXPECT_EQ(runner_label(point, ""), "mpi by numpy note=");
}

}  // namespace
}  // namespace scalelaw::harness
