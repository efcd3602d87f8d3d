#include "harness/render/variants.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/analysis/report.hpp"
#include "harness/render/formats.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// A campaign whose points differ in options in every way that matters.
class Options {
 public:
  explicit Options(double noise = 0) : campaign_(3, 6, noise) {}

  Point& add(Model model, const Placement& placement, nlohmann::json options, double compute_s,
             double slowest = 1) {
    Point& point = campaign_.add(number_++, "k", model, placement,
                                 {.compute_s = compute_s, .slowest = slowest});
    point.options = std::move(options);
    // As a driver's record has them.
    nlohmann::json used{
        {"data", "local"}, {"distribution", "block"}, {"overlap", false}, {"rank_chunk", 0}};
    used.update(point.options);
    for (Launch& launch : campaign_.results().launches) {
      if (launch.point == number_ - 1) launch.header["options"] = used;
    }
    return point;
  }
  Results& results() { return campaign_.results(); }
  std::vector<Variant> variants() { return make_report(results()).variants; }

 private:
  SyntheticCampaign campaign_;
  std::int64_t number_ = 0;
};

/// Unequal images: dynamic against block and static, and overlap against none, at two placements.
Options study(double noise = 0) {
  Options out(noise);
  for (const std::int64_t ranks : {2, 4}) {
    const Placement at{1, ranks, 1};
    out.add(models::mpi, at, {{"data", "scatter"}}, 0.4);
    out.add(models::mpi, at, {{"data", "scatter"}, {"overlap", true}}, 0.25);
    out.add(models::mpi, at, nlohmann::json::object(), 0.2, 1.6);
    out.add(models::mpi, at, {{"distribution", "dynamic"}}, 0.2, 1.02);
  }
  out.add(models::openmp, {1, 1, 2}, {{"schedule", "static"}}, 0.2, 1.5);
  out.add(models::openmp, {1, 1, 2}, {{"schedule", "dynamic"}}, 0.2, 1.01);
  return out;
}

TEST(Variants, GiveTheGainOfAnOptionAtEachPlacement) {
  Options all = study();
  const std::vector<Variant> found = all.variants();
  const auto count = [&](const std::string& option) {
    return std::count_if(found.begin(), found.end(),
                         [&](const Variant& v) { return v.option == option; });
  };
  EXPECT_EQ(count("overlap"), 2);
  EXPECT_EQ(count("distribution"), 2);
  EXPECT_EQ(count("schedule"), 1);
  EXPECT_EQ(count("data"), 2) << "local is what a point without the option has";
  for (const Variant& v : found) {
    if (v.option == "overlap") {
      EXPECT_EQ(v.first_value, false);
      EXPECT_EQ(v.other_value, true);
      EXPECT_NEAR(v.gain.value, 1.6, 1e-9);
      ASSERT_TRUE(v.gain.interval);
      EXPECT_LE(v.gain.interval->low, 1.6 + 1e-9);
      EXPECT_GE(v.gain.interval->high, 1.6 - 1e-9);
    }
    if (v.option == "distribution") {
      EXPECT_NEAR(*v.first_balance, 1 / 1.6, 1e-9);
      EXPECT_NEAR(*v.other_balance, 1 / 1.02, 1e-9);
      EXPECT_NEAR(v.gain.value, 1.6 / 1.02, 1e-9) << "the balance is why";
    }
  }
}

TEST(Variants, HoldOnlyPointsAgainstEachOtherThatDifferInOneOption) {
  Options all;
  const Placement at{1, 2, 1};
  all.add(models::mpi, at, nlohmann::json::object(), 1);
  all.add(models::mpi, at, {{"data", "scatter"}, {"overlap", true}}, 1);  // two options away
  all.add(models::mpi, {2, 1, 1}, {{"distribution", "dynamic"}}, 1);      // another placement
  all.add(models::hybrid, at, {{"distribution", "dynamic"}}, 1);          // another model
  all.add(models::mpi, at, {{"distribution", "dynamic"}}, 1).params["size"] = 7;
  all.add(models::mpi, at, {{"distribution", "dynamic"}}, 1).scaling = Scaling::weak;
  all.add(models::mpi, at, {{"distribution", "dynamic"}}, 1).implementation = "peer";
  all.add(models::mpi, at, {{"distribution", "dynamic"}}, 1).oversubscribed = true;
  all.add(models::mpi, at, {{"distribution", "dynamic"}}, 1).state = State::crashed;
  all.add(models::mpi, at, nlohmann::json::object(), 1);  // the same once more
  EXPECT_TRUE(all.variants().empty());
  EXPECT_EQ(render(make_report(all.results()), Format::table).find("Variants"), std::string::npos);
  // A schedule that one of two does not name is the kernel's own, and no record here names it.
  all.add(models::mpi, at, {{"schedule", "dynamic"}}, 1);
  EXPECT_TRUE(all.variants().empty());
  // A pipeline is no other way to do the same, but other work.
  all.add(models::mpi, at, {{"distribution", "dynamic"}}, 1).work["task"] = "pipeline";
  EXPECT_TRUE(all.variants().empty());
  all.add(models::mpi, at, {{"distribution", "dynamic"}}, 1);
  EXPECT_EQ(all.variants().size(), 1U);
}

TEST(Variants, KnowTheDefaultsThatTheRecordsTell) {
  Options all;
  const Placement at{1, 1, 2};
  all.add(models::openmp, at, nlohmann::json::object(), 1);
  all.add(models::openmp, at, {{"schedule", "dynamic"}}, 1);
  EXPECT_TRUE(all.variants().empty());
  for (Launch& launch : all.results().launches) launch.header["options"]["schedule"] = "static";
  const std::vector<Variant> found = all.variants();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].first_value, "static");
  EXPECT_EQ(found[0].other_value, "dynamic");
}

TEST(Variants, AreInTheJsonReport) {
  Options all = study();
  const auto json = nlohmann::json::parse(render(make_report(all.results()), Format::json));
  ASSERT_EQ(json.at("variants").size(), 7U);
  for (const auto& v : json["variants"]) {
    if (v.at("option") != "schedule") continue;
    EXPECT_EQ(v.at("first_value"), "static");
    EXPECT_NEAR(v.at("gain").at("value").get<double>(), 1.5 / 1.01, 1e-9);
    EXPECT_NEAR(v.at("other_load_balance").get<double>(), 1 / 1.01, 1e-9);
  }
}

/// Written anew like the other golden files: SCALELAW_GOLDEN=write.
TEST(GoldenVariants, TableForATerminal) {
  Options all = study(0.01);
  const Report report = make_report(all.results());
  const std::string got =
      as_text({variants_section(all.results(), report.summaries, report.variants)});
  const fs::path path = fs::path(SCALELAW_SOURCE_DIR) / "tests" / "golden" / "variants.txt";
  if (const char* mode = std::getenv("SCALELAW_GOLDEN"); mode && std::string(mode) == "write") {
    std::ofstream(path, std::ios::binary) << got;
  }
  std::ifstream in(path, std::ios::binary);
  std::stringstream expected;
  expected << in.rdbuf();
  EXPECT_EQ(got, expected.str());
}

}  // namespace
}  // namespace scalelaw::harness
