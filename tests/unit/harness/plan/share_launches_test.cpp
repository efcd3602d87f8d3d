#include "harness/plan/share_launches.hpp"

#include <gtest/gtest.h>

#include "support/models.hpp"

namespace scalelaw::harness {
namespace {

Point point_of(Scaling scaling, std::int64_t threads, std::int64_t size) {
  Point point;
  point.kernel = "calibration";
  point.model = models::openmp;
  point.scaling = scaling;
  point.placement = {1, 1, threads};
  point.params = {{"operations", size}};
  point.options = nlohmann::json::object();
  return point;
}

std::vector<std::int64_t> shares_of(std::vector<Point> points) {
  share_launches(points);
  std::vector<std::int64_t> out;
  for (const Point& point : points) out.push_back(point.shares);
  return out;
}

using Shares = std::vector<std::int64_t>;

TEST(SharedLaunches, AreOfPointsThatAreStartedWithTheSameWords) {
  EXPECT_EQ(shares_of({point_of(Scaling::strong, 1, 8), point_of(Scaling::strong, 2, 8),
                       point_of(Scaling::weak, 1, 8), point_of(Scaling::weak, 2, 16),
                       point_of(Scaling::weak, 2, 8)}),
            (Shares{-1, -1, 0, -1, 1}));
}

TEST(SharedLaunches, AreNotOfPointsThatDifferInAnything) {
  const Point first = point_of(Scaling::strong, 2, 8);
  std::vector<Point> points(8, first);
  points[1].implementation = "other";
  points[2].model = models::hybrid;
  points[3].kernel = "dot_product";
  points[4].options = {{"chunk", 3}};
  points[5].placement = {1, 2, 1};
  points[6].oversubscribed = true;
  points[7].clock = TimeSource::pretended;
  EXPECT_EQ(shares_of(points), Shares(8, -1));
}

TEST(SharedLaunches, AreNotOfSkippedPoints) {
  std::vector<Point> points(3, point_of(Scaling::strong, 1, 8));
  points[0].state = State::skipped;
  EXPECT_EQ(shares_of(points), (Shares{-1, -1, 1}));
}

TEST(SharedLaunches, OfPretendedTimesNeedTheSameScalingBeyondOneWorker) {
  std::vector<Point> points{point_of(Scaling::strong, 1, 8), point_of(Scaling::weak, 1, 8),
                            point_of(Scaling::strong, 2, 8), point_of(Scaling::weak, 2, 8)};
  for (Point& point : points) point.clock = TimeSource::pretended;
  EXPECT_EQ(shares_of(points), (Shares{-1, 0, -1, -1}));
}

TEST(SharedLaunches, AreFoundAnewForAnotherChoiceOfPoints) {
  std::vector<Point> points(3, point_of(Scaling::strong, 1, 8));
  share_launches(points);
  points.erase(points.begin());
  EXPECT_EQ(shares_of(points), (Shares{-1, 0}));
}

}  // namespace
}  // namespace scalelaw::harness
