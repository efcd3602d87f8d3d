#include "harness/plan/memory_size.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace scalelaw::harness {
namespace {

constexpr std::int64_t mib = std::int64_t{1} << 20;

/// A machine that reads arrays up to `falls_at` from its caches.
class Pretended {
 public:
  explicit Pretended(std::int64_t falls_at) : falls_at_(falls_at) {}

  ReadRate rate() {
    return [this](std::int64_t bytes) {
      asked_.push_back(bytes);
      return std::optional<double>(bytes <= falls_at_ ? 60e9 : 20e9);
    };
  }
  const std::vector<std::int64_t>& asked() const { return asked_; }

 private:
  std::int64_t falls_at_;
  std::vector<std::int64_t> asked_;
};

Machine with(std::int64_t cache, double memory) {
  Machine machine;
  machine.last_level_cache_bytes = cache;
  machine.memory_bytes = memory;
  return machine;
}

using Sizes = std::vector<std::int64_t>;

TEST(MemorySize, IsTwiceTheCacheWhereMoreIsReadNoSlower) {
  Pretended machine(40 * mib);
  const auto size = measure_memory_size(with(32 * mib, 64e9), machine.rate());
  EXPECT_EQ(size->bytes, 64 * mib);
  EXPECT_EQ(machine.asked(), (Sizes{64 * mib, 128 * mib}));
  EXPECT_EQ(size->why,
            "measured from 2 times the last-level cache of 32.0 MiB: more is read no slower "
            "(20 GB/s of 64.0 MiB, 20 GB/s of 128 MiB)");
}

TEST(MemorySize, IsDoubledUntilTheRateStopsFalling) {
  Pretended machine(200 * mib);  // the cache of a neighbour, or one that nobody mentions
  EXPECT_EQ(measure_memory_size(with(32 * mib, 64e9), machine.rate())->bytes, 64 * mib)
      << "64 and 128 MiB are both cached: as fast, though not from memory";
  Pretended between(100 * mib);
  EXPECT_EQ(measure_memory_size(with(32 * mib, 64e9), between.rate())->bytes, 128 * mib);
  EXPECT_EQ(between.asked(), (Sizes{64 * mib, 128 * mib, 256 * mib}));
}

TEST(MemorySize, FollowsAGradualFall) {
  std::vector<double> rates{60e9, 50e9, 40e9, 39e9, 39e9};
  std::size_t next = 0;
  const auto size = measure_memory_size(
      with(32 * mib, 64e9), [&](std::int64_t) { return std::optional(rates.at(next++)); });
  EXPECT_EQ(size->bytes, 256 * mib);
  EXPECT_EQ(next, 4U);
}

TEST(MemorySize, ReadsAtMostHalfOfTheMemory) {
  const auto falling = [](std::int64_t bytes) {
    return std::optional<double>(1e18 / static_cast<double>(bytes));
  };
  const auto size = measure_memory_size(with(32 * mib, 600.0 * mib), falling);
  EXPECT_EQ(size->bytes, 256 * mib);
  EXPECT_NE(size->why.find("up to half of the memory"), std::string::npos) << size->why;
  Pretended machine(40 * mib);
  EXPECT_EQ(measure_memory_size(with(32 * mib, 200.0 * mib), machine.rate())->bytes, 64 * mib);
  EXPECT_TRUE(machine.asked().empty()) << "there is nothing to compare with";
}

TEST(MemorySize, IsUnknownWhereNothingCanBeMeasured) {
  const auto fails = [](std::int64_t) { return std::optional<double>(); };
  EXPECT_FALSE(measure_memory_size(with(32 * mib, 64e9), fails));
  std::int64_t calls = 0;
  const auto fails_later = [&](std::int64_t) {
    return ++calls == 1 ? std::optional(1e9) : std::nullopt;
  };
  EXPECT_FALSE(measure_memory_size(with(32 * mib, 64e9), fails_later));
  EXPECT_FALSE(measure_memory_size(with(0, 64e9), fails));
}

TEST(MemorySize, IsAssumedOtherwise) {
  EXPECT_EQ(assumed_memory_size(with(32 * mib, 64e9)).bytes, 128 * mib);
  EXPECT_EQ(assumed_memory_size(with(32 * mib, 64e9), "the plan is for other nodes").why,
            "4 times the last-level cache of 32.0 MiB, not measured: the plan is for other nodes");
}

}  // namespace
}  // namespace scalelaw::harness
