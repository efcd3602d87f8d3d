#include "harness/plan/preview.hpp"

#include <gtest/gtest.h>

#include "support/models.hpp"

namespace scalelaw::harness {
namespace {

Point point_of(const std::string& kernel, const Model& model, Placement placement,
               Scaling scaling = Scaling::strong) {
  Point point;
  point.kernel = point.experiment = kernel;
  point.model = model;
  point.placement = placement;
  point.scaling = scaling;
  point.id = kernel + " " + model.name + " " + std::to_string(placement.workers()) +
             (scaling == Scaling::weak ? " weak" : "");
  return point;
}

std::vector<std::string> names(const std::vector<Point>& points) {
  std::vector<std::string> out;
  for (const Point& point : preview_of(points)) out.push_back(point.id);
  return out;
}

using Names = std::vector<std::string>;

TEST(Preview, HasOneWorkerAndAllCoresOfEachKernel) {
  std::vector<Point> points;
  for (const char* kernel : {"a", "b"}) {
    for (const Scaling scaling : {Scaling::strong, Scaling::weak}) {
      points.push_back(point_of(kernel, models::serial, {1, 1, 1}, scaling));
      for (const std::int64_t threads : {1, 2, 4}) {
        points.push_back(point_of(kernel, models::openmp, {1, 1, threads}, scaling));
        points.push_back(point_of(kernel, models::mpi, {1, threads, 1}, scaling));
      }
    }
  }
  EXPECT_EQ(names(points), (Names{"a serial 1", "a openmp 4", "b serial 1", "b openmp 4"}));
}

TEST(Preview, TakesWhatCanBeMeasured) {
  std::vector<Point> points{
      point_of("a", models::serial, {1, 1, 1}), point_of("a", models::openmp, {1, 1, 1}),
      point_of("a", models::openmp, {1, 1, 2}), point_of("a", models::openmp, {1, 1, 8}),
      point_of("a", models::openmp, {1, 1, 4})};
  points[0].state = State::skipped;
  points[3].oversubscribed = true;
  points[4].implementation = "peer";
  EXPECT_EQ(names(points), (Names{"a openmp 1", "a openmp 2"}));
}

TEST(Preview, HasSeveralProcessesWhereAKernelHasNothingElse) {
  EXPECT_EQ(
      names({point_of("a", models::mpi, {1, 1, 1}), point_of("a", models::mpi, {1, 2, 1}),
             point_of("a", models::mpi, {1, 4, 1}), point_of("b", models::serial, {1, 1, 1})}),
      (Names{"a mpi 1", "a mpi 4", "b serial 1"}));
}

TEST(Preview, OfNothingIsNothing) {
  EXPECT_TRUE(preview_of({}).empty());
}

}  // namespace
}  // namespace scalelaw::harness
