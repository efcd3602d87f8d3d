#include "drivers/tuning/choice.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "common/field.hpp"

namespace scalelaw::driver {
namespace {

constexpr StreamLoop loop = StreamLoop::dot_f32;
constexpr Streaming usual{.ahead = 256};

/// A machine whose loop is fastest when it prefetches `best` bytes ahead.
struct Machine {
  std::int64_t best = 256;
  std::vector<std::pair<std::int64_t, std::int64_t>> read{};

  TrialItems input(std::int64_t items, double bytes) {
    return {items, bytes, [this](std::int64_t begin, std::int64_t end) {
              read.emplace_back(begin, end);
              return streaming_of(loop).ahead == best ? 0.5 : 1.0;
            }};
  }
};

/// Restores what tests select.
class Choice : public testing::Test {
 protected:
  ~Choice() override { select_streaming(loop, before_); }

 private:
  Streaming before_ = streaming_of(loop);
};

TEST_F(Choice, OfACalibrationIsTheFastest) {
  Machine machine{.best = 2048};
  const auto found = calibrate(loop, usual, machine.input(1000, 100e6), 10e6);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->ahead, 2048);
}

TEST_F(Choice, ReadsNothingTwiceAndNothingFromTheEnd) {
  Machine machine;
  ASSERT_TRUE(calibrate(loop, usual, machine.input(1000, 100e6), 10e6).has_value());
  for (std::size_t i = 1; i < machine.read.size(); ++i) {
    EXPECT_EQ(machine.read[i].first, machine.read[i - 1].second);
  }
  EXPECT_LE(machine.read.back().second, 500);
}

TEST_F(Choice, IsNotCalibratedOnInputThatACacheHolds) {
  Machine machine{.best = 2048};
  EXPECT_EQ(calibrate(loop, usual, machine.input(1000, 100e6), 60e6), std::nullopt);
  EXPECT_EQ(calibrate(loop, usual, machine.input(20, 100e6), 10e6), std::nullopt) << "few items";
  EXPECT_EQ(calibrate(loop, usual, machine.input(0, 0), 0), std::nullopt);
  EXPECT_TRUE(machine.read.empty());
}

TEST_F(Choice, CanBeGivenOrTheTables) {
  const auto comm = make_self_comm();
  Machine machine;
  Options options;
  options.tuning = TuningFrom::given;
  options.prefetch_bytes = 1234;
  const TuningChoice given = choose_tuning(loop, options, machine.input(10, 10), *comm);
  EXPECT_EQ(given.streaming.ahead, 1234);
  EXPECT_EQ(given.source, "given");
  EXPECT_EQ(streaming_of(loop).ahead, 1234);
  options.tuning = TuningFrom::table;
  const TuningChoice table = choose_tuning(loop, options, machine.input(10, 10), *comm);
  EXPECT_EQ(table.streaming, table_tuning(this_processor())[loop]);
  EXPECT_EQ(streaming_of(loop), table.streaming);
  EXPECT_TRUE(machine.read.empty());
}

TEST_F(Choice, IsRecordedWithItsSource) {
  EXPECT_EQ(to_json(TuningChoice{loop, {.ahead = 512}, "zen3"}),
            (nlohmann::json{
                {"loop", "dot_f32"}, {"prefetch_bytes", 512}, {"places", 1}, {"source", "zen3"}}));
}

}  // namespace
}  // namespace scalelaw::driver
