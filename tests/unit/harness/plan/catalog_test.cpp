// What drivers say of themselves, and what is said of those that say it wrongly.
#include "harness/plan/catalog.hpp"

#include <gtest/gtest.h>

#include "common/error.hpp"
#include "harness/plan/needs.hpp"
#include "support/described.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

json valid() {
  const json size{{"name", "n"}, {"type", "count"}, {"default", 7}, {"min", 1}, {"max", 9}};
  return described_driver(models::hybrid,
                          {{"k", described_kernel("n", json::array({size}), true)}});
}

std::string refusal_by(const std::string& text, const std::string& program = "/d/scalelaw-hybrid") {
  try {
    (void)parse_driver(text, program);
    return "accepted";
  } catch (const Error& error) {
    EXPECT_FALSE(error.hint().empty()) << error.what();
    return error.what();
  }
}

TEST(Catalog, HasTheModelTheParametersAndTheOptions) {
  const Driver driver = parse_driver(valid().dump(), "/d/scalelaw-hybrid");
  EXPECT_EQ(driver.implementation, "scalelaw");
  EXPECT_EQ(driver.model, models::hybrid);
  EXPECT_EQ(driver.model.title, "MPI + OpenMP");
  EXPECT_TRUE(driver.model.ranked && driver.model.threaded && !driver.model.device);
  ASSERT_TRUE(driver.has("k"));
  const KernelFacts& kernel = driver.kernels.at("k");
  EXPECT_EQ(kernel.params.at(0).type, ValueType::count);
  EXPECT_EQ(kernel.params.at(0).max, 9);
  const OptionFacts* data = find_option(kernel.options, "data");
  ASSERT_NE(data, nullptr);
  EXPECT_EQ(data->value.choices, (std::vector<std::string>{"local", "scatter", "file"}));
  EXPECT_EQ(needs_text(*data),
            "scatter: a model with ranks; file: the parameter input; mode = \"data\"");
  EXPECT_TRUE(find_option(kernel.options, "schedule")->value.fallback.is_null());
}

TEST(Catalog, RefusesAnotherSchemaByName) {
  json other = valid();
  other["schema"] = 1;
  EXPECT_EQ(refusal_by(other.dump()),
            "'/d/scalelaw-hybrid --describe' has schema 1, but this harness reads 2");
  other["kernels"] = 3;  // another schema may mean anything
  EXPECT_NE(refusal_by(other.dump()).find("has schema 1"), std::string::npos);
}

TEST(Catalog, RefusesADriverThatIsAnotherThanItsNameSays) {
  EXPECT_EQ(refusal_by(valid().dump(), "/d/scalelaw-mpi"),
            "'/d/scalelaw-mpi' describes the model 'hybrid' of 'scalelaw'");
  const json peer = described_driver(models::openmp, json::object(), "blas");
  EXPECT_EQ(refusal_by(peer.dump(), "/d/scalelaw-peer-blas"), "accepted");
  EXPECT_NE(refusal_by(peer.dump(), "/d/scalelaw-openmp"), "accepted");
}

TEST(Catalog, RefusesADefaultThatTheDriverWouldNotTake) {
  const std::string said = "'/d/scalelaw-hybrid --describe' printed no catalogue: ";
  const auto with = [](const char* place, const json& value) {
    json changed = valid();
    changed[json::json_pointer(place)] = value;
    return refusal_by(changed.dump());
  };
  const char* const size = "/kernels/k/params/0/default";
  EXPECT_EQ(with(size, 10), said + "`kernels.k.params[0].default` must be at most 9, not 10");
  EXPECT_EQ(with(size, 0), said + "`kernels.k.params[0].default` must be at least 1, not 0");
  EXPECT_EQ(with(size, nullptr), "accepted") << "the driver has none";
  EXPECT_EQ(with(size, 9), "accepted");
  EXPECT_NE(with("/kernels/k/options/0/default", "x").find("must be one of its choices ("),
            std::string::npos);
}

}  // namespace
}  // namespace scalelaw::harness
