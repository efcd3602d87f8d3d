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

constexpr std::int64_t items = 120;

void send_items(RunSender<K>& sender) {
  sender.send({});
  std::vector<EncodedRun> batch;
  for (std::int64_t item = world().rank(); item < items; item += world().size()) {
    batch.push_back(run_of(item, size_of(item)));
    if (item % 3 == 0) sender.send(std::exchange(batch, {}));
  }
  sender.send(std::move(batch));
  sender.finish();
}

void expect_items(const std::vector<EncodedRun>& runs) {
  std::map<std::int64_t, std::size_t> wrong;
  for (const EncodedRun& run : runs) {
    EXPECT_EQ(run.partial.bytes.size(), size_of(run.range.begin));
    EXPECT_EQ(run.partial.interval_bytes, (std::vector<std::int64_t>{size_of(run.range.begin)}));
    EXPECT_TRUE(wrong.emplace(run.range.begin, wrong_bytes(run)).second) << "twice";
  }
  for (std::int64_t item = 0; item < items; ++item) {
    if (item % world().size() == 0) continue;  // the root's own
    ASSERT_TRUE(wrong.contains(item)) << item;
    EXPECT_EQ(wrong[item], 0U) << item;
  }
}

/// Three times, each with the memory of the one before it.
void expect_exchange(NodeMemory* memory) {
  for (int pass = 0; pass < 3; ++pass) {
    world().barrier();
    if (!world().is_root()) {
      RunSender<K> sender(world(), memory != nullptr && memory->reaches(world().rank()));
      send_items(sender);
      world().barrier();  // until the root has looked at what lies here
      continue;
    }
    RunReceiver<K> receiver(world(), memory);
    for (int turn = 0; turn < 1000; ++turn) receiver.progress();
    expect_items(receiver.finish());
    world().barrier();
  }
}

TEST(RunExchange, BringsEveryRunToTheRootWhileItIsBusyWithOthers) {
  expect_exchange(nullptr);
}

TEST(RunExchange, LetsTheRootReadWhatLiesOnItsHost) {
  const bool on_other_host = world().rank() % 2 == 0;
  NodeMemory all(world()), some(world(), !on_other_host);
  EXPECT_EQ(some.reaches(world().rank()), !on_other_host);
  if (all.reaches(world().rank())) K::share_bulk();
  expect_exchange(&all);
  expect_exchange(&some);
}

/// A rank that shares its memory may have bytes that are not in it.
TEST(RunExchange, SendsWhatIsNotInSharedMemory) {
  NodeMemory memory(world());
  world().barrier();
  if (world().is_root()) {
    RunReceiver<K> receiver(world(), &memory);
    const std::vector<EncodedRun> runs = receiver.finish();
    EXPECT_EQ(std::ssize(runs), world().size() - 1);
    for (const EncodedRun& run : runs) {
      EXPECT_EQ(run.partial.bytes.size(), 900);
      EXPECT_EQ(wrong_bytes(run), 0U);
    }
    world().barrier();
    return;
  }
  K::share_bulk();
  const EncodedRun expected = run_of(world().rank(), 900);
  Bytes elsewhere;
  for (const auto chunk : expected.partial.bytes.chunks()) {
    elsewhere.insert(elsewhere.end(), chunk.begin(), chunk.end());
  }
  EncodedRun run{expected.range, {}};
  run.partial.bytes.append_view(std::span(elsewhere).first(300));
  std::ranges::copy(std::span(elsewhere).subspan(300, 300),
                    run.partial.bytes.append_space(300).begin());
  run.partial.bytes.append_view(std::span(elsewhere).last(300));
  run.partial.interval_bytes = {900};
  RunSender<K> sender(world(), memory.reaches(world().rank()));
  std::vector<EncodedRun> runs;
  runs.push_back(std::move(run));
  sender.send(std::move(runs));
  sender.finish();
  world().barrier();
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
