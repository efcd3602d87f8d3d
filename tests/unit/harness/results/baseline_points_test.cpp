// Which points speedups are over.
#include "harness/results/baseline_points.hpp"

#include <gtest/gtest.h>

#include "support/models.hpp"

namespace scalelaw::harness {
namespace {

using Numbers = std::vector<std::int64_t>;

class BaselinesOf : public testing::Test {
 protected:
  std::int64_t add(const Model& model, std::int64_t threads, std::int64_t series) {
    Point& point = points_.emplace_back();
    point.experiment = point.kernel = "dot_product";
    point.params = {{"length", 1000}};
    point.model = model;
    point.placement.threads = threads;
    point.series = series;
    return std::ssize(points_) - 1;
  }
  Point& at(std::int64_t point) { return points_[static_cast<std::size_t>(point)]; }
  Numbers serial_of(std::int64_t point, std::int64_t unusable = -1) {
    return BaselinePoints(points_).serial_of(at(point),
                                             [&](std::int64_t other) { return other != unusable; });
  }

  std::vector<Point> points_;
  std::int64_t serial_ = add(models::serial, 1, 0), one_ = add(models::openmp, 1, 1),
               two_ = add(models::openmp, 2, 1);
};

TEST_F(BaselinesOf, AStrongSeriesAreTheSerialProgramAndItsOneWorker) {
  EXPECT_EQ(serial_of(two_), Numbers{serial_});
  EXPECT_EQ(BaselinePoints(points_).one_worker(1), one_);
  EXPECT_FALSE(BaselinePoints(points_).one_worker(2));
  EXPECT_EQ(serial_of(two_, serial_), Numbers{});
}

TEST_F(BaselinesOf, AWeakSeriesDoTheWorkOfItsOneWorker) {
  for (Point& point : points_) point.scaling = Scaling::weak;
  at(two_).params = {{"length", 2000}};
  EXPECT_EQ(serial_of(two_), Numbers{serial_});
  at(one_).placement.threads = 4;
  EXPECT_EQ(serial_of(two_), Numbers{}) << "nobody knows the work of one";
}

TEST_F(BaselinesOf, AnExperimentComeFromAnotherOnlyIfItHasNone) {
  const std::int64_t other = add(models::serial, 1, 2);
  at(other).experiment = "another";
  EXPECT_EQ(serial_of(two_), Numbers{serial_});
  EXPECT_EQ(serial_of(two_, serial_), Numbers{other});
  at(other).params = {{"length", 1}};
  EXPECT_EQ(serial_of(two_, serial_), Numbers{}) << "other work";
}

TEST_F(BaselinesOf, AProgramOfTheConfigAreItsOneWorker) {
  for (Point& point : points_) point.implementation = point.primary = "theirs";
  EXPECT_EQ(serial_of(two_), (Numbers{serial_, one_}));
  at(one_).model.device = true;
  EXPECT_EQ(serial_of(two_), Numbers{serial_});
}

TEST_F(BaselinesOf, APeerAreOurs) {
  const std::int64_t peer = add(models::openmp, 2, 3);
  at(peer).implementation = "peer";
  const std::int64_t alone = add(models::serial, 1, 4);
  at(alone).implementation = "peer";
  EXPECT_EQ(serial_of(peer), Numbers{serial_});
}

}  // namespace
}  // namespace scalelaw::harness
