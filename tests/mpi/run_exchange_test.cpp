#include "drivers/pass/run_exchange.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "kernels/image_compression/image_compression.hpp"
#include "mpi/world.hpp"

namespace scalelaw::driver {
namespace {

using mpi_test::world;
using K = ImageCompression;
using EncodedRun = Run<K>;  // in a test, Run is a member of its class

/// Encoded bytes of one item, as some `size` bytes that tell the item apart.
EncodedRun run_of(std::int64_t item, std::int64_t size) {
  EncodedRun run{{item, item + 1}, {}};
  if (size > 0) {
    const std::span<std::byte> space = run.partial.bytes.append_space(size);
    for (std::size_t i = 0; i < space.size(); ++i) {
      space[i] = static_cast<std::byte>((static_cast<std::size_t>(item) * 7 + i) % 251);
    }
  }
  run.partial.interval_bytes = {size};
  return run;
}

/// Bytes of `run` that are not what run_of() wrote.
std::size_t wrong_bytes(const EncodedRun& run) {
  std::size_t wrong = 0;
  std::size_t i = 0;
  for (const std::span<const std::byte> chunk : run.partial.bytes.chunks()) {
    for (const std::byte byte : chunk) {
      wrong += byte !=
               static_cast<std::byte>((static_cast<std::size_t>(run.range.begin) * 7 + i++) % 251);
    }
  }
  return wrong;
}

/// Items of a rank are those whose remainder it is; sizes from nothing to beyond what a transport
/// sends at once.
std::int64_t size_of(std::int64_t item) {
  return item % 5 == 0 ? 0 : item * item * 37;
}

TEST(RunExchange, BringsEveryRunToTheRootWhileItIsBusyWithOthers) {
  constexpr std::int64_t items = 120;
  const int ranks = world().size();
  for (int pass = 0; pass < 3; ++pass) {
    world().barrier();
    if (!world().is_root()) {
      RunSender<K> sender(world());
      sender.send({});
      std::vector<EncodedRun> batch;
      for (std::int64_t item = world().rank(); item < items; item += ranks) {
        batch.push_back(run_of(item, size_of(item)));
        if (item % 3 == 0) sender.send(std::exchange(batch, {}));
      }
      sender.send(std::move(batch));
      sender.finish();
      continue;
    }
    RunReceiver<K> receiver(world());
    for (int turn = 0; turn < 1000; ++turn) receiver.progress();
    std::map<std::int64_t, std::size_t> wrong;
    for (const EncodedRun& run : receiver.finish()) {
      EXPECT_EQ(run.partial.bytes.size(), size_of(run.range.begin));
      EXPECT_EQ(run.partial.interval_bytes, (std::vector<std::int64_t>{size_of(run.range.begin)}));
      EXPECT_TRUE(wrong.emplace(run.range.begin, wrong_bytes(run)).second) << "twice";
    }
    for (std::int64_t item = 0; item < items; ++item) {
      if (item % ranks == 0) continue;  // the root's own
      ASSERT_TRUE(wrong.contains(item)) << item;
      EXPECT_EQ(wrong[item], 0U) << item;
    }
  }
}

TEST(RunExchange, EndsWhenNobodyHasAnything) {
  world().barrier();
  if (world().is_root()) {
    EXPECT_TRUE(RunReceiver<K>(world()).finish().empty());
  } else {
    RunSender<K>(world()).finish();
  }
}

/// One rank sends, others have nothing; a world of one has nothing to receive.
TEST(RunExchange, FullSizeRunBeyondTwoToThe31) {
  constexpr std::int64_t size = (std::int64_t{1} << 31) + 10;
  if (!world().is_root()) {
    RunSender<K> sender(world());
    std::vector<EncodedRun> runs;
    if (world().rank() == 1) runs.push_back(run_of(3, size));
    sender.send(std::move(runs));
    sender.finish();
    return;
  }
  const std::vector<EncodedRun> runs = RunReceiver<K>(world()).finish();
  ASSERT_EQ(runs.size(), world().size() > 1 ? 1U : 0U);
  for (const EncodedRun& run : runs) {
    EXPECT_EQ(run.partial.bytes.size(), size);
    EXPECT_EQ(wrong_bytes(run), 0U);
  }
}

}  // namespace
}  // namespace scalelaw::driver
