#include "drivers/tuning/sweep.hpp"

#include <gtest/gtest.h>

#include <map>

namespace scalelaw::driver {
namespace {

std::vector<double> around(double seconds) {
  std::vector<double> out;
  for (int i = 0; i < 15; ++i) out.push_back(seconds * (1 + 0.002 * (i % 5)));
  return out;
}

Tried tried(std::int64_t ahead, std::vector<double> seconds) {
  return {{.ahead = ahead}, std::move(seconds)};
}

TEST(MedianInterval, IsFromTheFourthSmallestToTheFourthLargestOfFifteen) {
  std::vector<double> values;
  for (int i = 15; i > 0; --i) values.push_back(i);
  const MedianInterval found = median_interval(values);
  EXPECT_EQ(found.median, 8);
  EXPECT_EQ(found.low, 4);
  EXPECT_EQ(found.high, 12);
  EXPECT_EQ(median_interval({3, 1}).median, 2);
}

TEST(Sweep, TimesEachCandidateOnceInARoundAndEachFirstInTurn) {
  std::vector<std::int64_t> order;
  const auto seconds_of = [&](const Streaming& streaming) {
    order.push_back(streaming.ahead);
    return 1.0 * static_cast<double>(order.size());
  };
  const auto all = sweep({{.ahead = 0}, {.ahead = 256}, {.ahead = 512}}, 2, seconds_of);
  EXPECT_EQ(order, (std::vector<std::int64_t>{0, 256, 512, 256, 512, 0}));
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].seconds, (std::vector<double>{1, 6}));
  EXPECT_EQ(all[1].seconds, (std::vector<double>{2, 4}));
}

TEST(Judge, PutsTheFastestFirstAndTellsWhatIsAsGood) {
  std::vector<double> alike = around(1.0);
  std::swap(alike[0], alike[4]);
  std::swap(alike[5], alike[9]);
  std::swap(alike[10], alike[14]);
  alike[0] += 0.001;  // its median stays
  alike[4] += 0.02;
  const auto verdicts = judge({tried(0, around(1.2)), tried(256, around(1.0)), tried(512, alike)});
  ASSERT_EQ(verdicts.size(), 3U);
  EXPECT_EQ(verdicts[0].streaming.ahead, 256);
  EXPECT_TRUE(verdicts[0].as_good);
  EXPECT_EQ(verdicts[1].streaming.ahead, 0);
  EXPECT_FALSE(verdicts[1].as_good);
  EXPECT_NEAR(verdicts[1].of_fastest.median, 1.2, 1e-12);
  EXPECT_TRUE(verdicts[2].as_good);
}

TEST(ClearlyFastest, StaysWithTheUsualOneUnlessAnotherIsClearlyFaster) {
  const Streaming usual{.ahead = 256};
  const auto choose = [&](double other) {
    return clearly_fastest({tried(256, around(1.0)), tried(512, around(other))}, usual).ahead;
  };
  EXPECT_EQ(choose(0.9), 512);
  EXPECT_EQ(choose(0.98), 256);
  EXPECT_EQ(choose(1.1), 256);
}

TEST(Candidates, HavePlacesWhereALoopHasThem) {
  EXPECT_EQ(candidates_for(StreamLoop::dot_f64).size() * most_places,
            candidates_for(StreamLoop::read).size());
  for (const Streaming& one : candidates_for(StreamLoop::mean_f32)) EXPECT_EQ(one.places, 1);
}

}  // namespace
}  // namespace scalelaw::driver
