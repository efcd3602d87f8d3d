// Which options a model can use, by the needs that its driver states.
#include "harness/plan/needs.hpp"

#include <gtest/gtest.h>

#include "harness/plan/sweep.hpp"
#include "support/described.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

OptionUser user(const Model& model, bool has_pipeline = true) {
  const Driver driver =
      pretended_driver(model, {{"k", described_kernel("n", json::array(), has_pipeline)}});
  return {.model = model, .known = driver.kernels.at("k").options, .params = {}};
}

json usable(const json& options, const Model& model) {
  return usable_options(options, user(model));
}

TEST(Needs, LeaveAModelWhatItCanUse) {
  const json threads{{"schedule", "dynamic"}, {"chunk", 4}};
  const json ranks{{"data", "scatter"}, {"overlap", true}, {"rank_chunk", 2}};
  json all = threads;
  all.update(ranks);
  EXPECT_EQ(usable(all, models::serial), json::object());
  EXPECT_EQ(usable(all, models::openmp), threads);
  EXPECT_EQ(usable(all, models::mpi), ranks);
  EXPECT_EQ(usable(all, models::hybrid), all);
}

TEST(Needs, CountWhatIsDroppedAsItsDefault) {
  // Without ranks nothing is scattered, so nothing overlaps, so a rank's chunk means nothing.
  EXPECT_EQ(usable({{"data", "scatter"}, {"overlap", true}, {"rank_chunk", 2}}, models::openmp),
            json::object());
  EXPECT_EQ(
      usable({{"data", "scatter"}, {"distribution", "dynamic"}, {"overlap", true}}, models::mpi),
      (json{{"data", "scatter"}, {"distribution", "dynamic"}}));
  EXPECT_EQ(usable({{"rank_chunk", 2}}, models::mpi), json::object());
  EXPECT_EQ(usable({{"rank_chunk", 2}, {"distribution", "dynamic"}}, models::mpi),
            (json{{"rank_chunk", 2}, {"distribution", "dynamic"}}));
}

TEST(Needs, DropDefaultsUnlessTheyAreTheKernelsOwn) {
  EXPECT_EQ(usable({{"chunk", 0}, {"data", "local"}, {"isa", "auto"}, {"schedule", "static"}},
                   models::openmp),
            (json{{"schedule", "static"}}));
}

TEST(Needs, OfValuesAreOnlyTheirs) {
  EXPECT_EQ(usable({{"data", "file"}}, models::serial), (json{{"data", "file"}}));
  EXPECT_EQ(usable({{"data", "scatter"}}, models::serial), json::object());
  OptionUser serial = user(models::serial);
  EXPECT_EQ(missing_params("data", "file", serial), std::vector<std::string>{"input"});
  EXPECT_TRUE(missing_params("data", "scatter", serial).empty());
  serial.params = {"input"};
  EXPECT_TRUE(missing_params("data", "file", serial).empty());
}

TEST(Needs, AreNamedWhenTheyAreNotMet) {
  using Texts = std::vector<std::string>;
  const OptionUser serial = user(models::serial);
  EXPECT_EQ(unmet_needs("schedule", "dynamic", {{"mode", "pipeline"}}, serial),
            (Texts{"a model with threads", "mode = \"data\""}));
  EXPECT_EQ(unmet_needs("overlap", true, json::object(), serial), Texts{"data = \"scatter\""});
  EXPECT_EQ(unmet_needs("overlap", false, json::object(), serial), Texts{});
}

/// What an option needs by hand, as it was written before drivers told it.
bool is_usable_by_hand(const std::string& name, const json& all, const Model& model) {
  const bool files = all["mode"] == "pipeline";
  const bool scattered = model.ranked && !files && all["data"] == "scatter";
  const bool dynamic = model.ranked && !files && all["distribution"] == "dynamic";
  const bool overlapped = scattered && !dynamic && all["overlap"] == true;
  if (name == "schedule") return model.threaded && !files;
  if (name == "chunk") return model.threaded && !files && all["chunk"] != 0;
  if (name == "data") return scattered || (!files && all["data"] == "file");
  if (name == "distribution") return dynamic;
  if (name == "overlap") return overlapped;
  if (name == "rank_chunk") return (overlapped || dynamic) && all["rank_chunk"] != 0;
  if (name == "isa") return all["isa"] != "auto";
  return files;  // mode
}

TEST(Needs, AgreeWithWhatIsKnownOfEveryCombination) {
  const std::vector<json> all = combinations({{"schedule", {"static", "dynamic"}},
                                              {"chunk", {0, 4}},
                                              {"mode", {"data", "pipeline"}},
                                              {"data", {"local", "scatter", "file"}},
                                              {"distribution", {"block", "dynamic"}},
                                              {"rank_chunk", {0, 2}},
                                              {"overlap", {false, true}},
                                              {"isa", {"auto", "scalar"}}});
  ASSERT_EQ(all.size(), 384U);
  for (const Model& model : models::all) {
    const OptionUser of_model = user(model);
    for (const json& one : all) {
      json expected = json::object();
      for (const auto& [name, value] : one.items()) {
        if (is_usable_by_hand(name, one, model)) expected[name] = value;
      }
      ASSERT_EQ(usable_options(one, of_model), expected) << model.name << " " << one;
    }
  }
}

}  // namespace
}  // namespace scalelaw::harness
