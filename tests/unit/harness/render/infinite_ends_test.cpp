// JSON has no infinity: what is infinite in a results file is null there (docs/json.md).
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/render/formats.hpp"
#include "harness/store/results_file.hpp"
#include "support/synthetic.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

Results measured() {
  SyntheticCampaign out(1, 10, 0.01);
  for (const std::int64_t p : {1, 2, 4}) {
    out.add(1, "k", models::openmp, {1, 1, p},
            {.prepare_s = 0.02, .compute_s = 0.98 / static_cast<double>(p)});
  }
  return out.results();
}

TEST(InfiniteEnds, OfBandsAreInfInTheResultsFile) {
  const TemporaryFolder folder;
  Results results = measured();
  results.predictions = make_report(results).predictions;
  ASSERT_FALSE(results.predictions.empty());
  results.predictions.front().low = -infinite;
  results.predictions.front().high = infinite;
  results.predictions.back().high = std::nan("");
  write_results(folder / "r.h5", results);
  const Results read = read_results(folder / "r.h5");
  EXPECT_EQ(read.predictions.front().low, -infinite);
  EXPECT_EQ(read.predictions.front().high, infinite);
  EXPECT_TRUE(std::isnan(read.predictions.back().high));
}

TEST(InfiniteEnds, OfBandsAreNullInJson) {
  const Results results = measured();
  Report report = make_report(results);
  ASSERT_TRUE(std::isfinite(report.predictions.front().high));
  report.predictions.front().high = infinite;
  const auto json = nlohmann::json::parse(report_json(report));
  EXPECT_TRUE(json["predictions"][0]["high"].is_null());
  EXPECT_TRUE(json["predictions"][0]["low"].is_number());
}

}  // namespace
}  // namespace scalelaw::harness
