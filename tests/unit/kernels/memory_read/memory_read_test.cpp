#include "kernels/memory_read/memory_read.hpp"

#include <gtest/gtest.h>

#include "support/each_isa.hpp"
#include "support/split_passes.hpp"

namespace scalelaw {
namespace {

TEST(MemoryRead, AddsUpTheKnownSumInEveryPartitionAndInstructionSet) {
  for_each_isa([](Isa) {
    std::mt19937_64 random(1);
    for (const std::int64_t bytes : {1, 8192, 8193, 1'000'000}) {
      const MemoryRead::Params params{.bytes = bytes, .seed = 9};
      for (int parts : {1, 2, 5}) {
        const auto ranks = random_split(MemoryRead::items(params), parts, random);
        const auto result = pass_in_parts<MemoryRead>(params, ranks, random);
        EXPECT_EQ(MemoryRead::verify(params, result), "");
      }
    }
  });
}

TEST(MemoryRead, ReadsItsPartAsOftenAsItIsTold) {
  for_each_isa([](Isa) {
    std::mt19937_64 random(1);
    for (const std::int64_t bytes : {8192, 3'000'000}) {  // in a core's cache, and beyond
      const MemoryRead::Params params{.bytes = bytes, .times = 3};
      const auto ranks = random_split(MemoryRead::items(params), 2, random);
      const auto result = pass_in_parts<MemoryRead>(params, ranks, random);
      EXPECT_EQ(MemoryRead::verify(params, result), "");
      EXPECT_NE(MemoryRead::verify({.bytes = bytes, .times = 2}, result), "");
      const Work work = MemoryRead::work(params);
      EXPECT_EQ(work.amount, 3 * work.compulsory_bytes);
    }
  });
}

TEST(MemoryRead, NoticesWhatWasNotRead) {
  const MemoryRead::Params params{.bytes = 100'000};
  auto storage = MemoryRead::allocate(params, {0, MemoryRead::items(params)});
  MemoryRead::fill(params, storage, {0, MemoryRead::items(params)});
  MemoryRead::Workspace workspace;
  MemoryRead::Partial partial;
  MemoryRead::compute(params, {}, storage, {1, MemoryRead::items(params)}, workspace, partial);
  EXPECT_NE(MemoryRead::verify(params, MemoryRead::finish(params, MemoryRead::Partial(partial))),
            "");
}

}  // namespace
}  // namespace scalelaw
