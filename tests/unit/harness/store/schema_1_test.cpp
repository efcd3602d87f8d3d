// What was written by the first version, in the words of today.
#include "harness/store/schema_1.hpp"

#include <gtest/gtest.h>

#include "harness/results/work.hpp"
#include "support/models.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// A point as it is read from a file of the first version: of its model there is the name.
Point old_point(const std::string& model, const json& options = json::object()) {
  Point point;
  point.model.name = model;
  point.options = options;
  point.work = {{"resident_bytes", 100.0}};
  complete_schema_1(point);
  return point;
}

TEST(SchemaOne, HasFourModels) {
  for (const Model& model : models::all) {
    const Point point = old_point(model.name);
    EXPECT_EQ(point.model, model);
    EXPECT_EQ(point.model.title, model.title);
  }
}

TEST(SchemaOne, SaysInOptionsWhatTheWorkIs) {
  const Point plain = old_point("mpi");
  EXPECT_EQ(plain.task(), "");
  EXPECT_TRUE(has_diagnostics(plain));
  EXPECT_EQ(messages_of(plain), Messages::reduce);
  EXPECT_EQ(holding_of(plain).root, Held::share);

  const Point pipeline = old_point("mpi", {{"mode", "pipeline"}});
  EXPECT_EQ(pipeline.task(), "pipeline");
  EXPECT_FALSE(has_diagnostics(pipeline));
  EXPECT_EQ(holding_of(pipeline).others, Held::nothing);

  const Point scattered = old_point("mpi", {{"data", "scatter"}});
  EXPECT_EQ(messages_of(scattered), Messages::scatter);
  EXPECT_TRUE(is_dealt_out(scattered));

  const Point overlapped = old_point("mpi", {{"data", "scatter"}, {"overlap", true}});
  EXPECT_EQ(messages_of(overlapped), Messages::other);
  EXPECT_TRUE(is_dealt_out(overlapped));

  const Point dynamic = old_point("mpi", {{"distribution", "dynamic"}});
  EXPECT_EQ(messages_of(dynamic), Messages::other);
  EXPECT_EQ(holding_of(dynamic).others, Held::whole);
  EXPECT_EQ(holding_of(old_point("mpi", {{"distribution", "dynamic"}, {"data", "file"}})).others,
            Held::share);
}

TEST(SchemaOne, HasTheOptionsInTheHeaderItself) {
  Launch launch;
  launch.header = {{"schema", 1},
                   {"schedule", {{"kind", "dynamic"}, {"chunk", 8}}},
                   {"data", "scatter"},
                   {"overlap", true}};
  complete_schema_1(launch);
  EXPECT_EQ(launch.header["options"], (json{{"schedule", "dynamic"},
                                            {"chunk", 8},
                                            {"mode", "data"},
                                            {"data", "scatter"},
                                            {"distribution", "block"},
                                            {"rank_chunk", 0},
                                            {"overlap", true},
                                            {"isa", "auto"}}));
}

TEST(SchemaOne, LeavesWhatIsOfTodayAsItIs) {
  Point point;
  point.model = {.name = "openmp", .title = "Another OpenMP", .ranked = true, .threaded = true};
  point.work = json::object();
  point.options = {{"mode", "pipeline"}};
  complete_schema_1(point);
  EXPECT_EQ(point.model.title, "Another OpenMP");
  EXPECT_TRUE(point.model.ranked);
  EXPECT_EQ(point.task(), "");
  Launch launch;
  complete_schema_1(launch);
  EXPECT_TRUE(launch.header.is_null());
  launch.header = {{"schema", 2}, {"options", {{"block", 3}}}, {"data", "scatter"}};
  const json before = launch.header;
  complete_schema_1(launch);
  EXPECT_EQ(launch.header, before);
}

}  // namespace
}  // namespace scalelaw::harness
