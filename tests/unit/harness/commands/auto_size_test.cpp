#include "harness/commands/auto_size.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

class KeptSizes : public ::testing::Test {
 protected:
  KeptSizes() {
    machine_.cores = 2;
    machine_.last_level_cache_bytes = 1000;
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "cache/memory-size.json";
  Machine machine_;
};

TEST_F(KeptSizes, AreFoundUntilTheMachineStartsAnew) {
  const KeptMemorySizes kept(KeptFacts(path_, "host", "boot 1"));
  EXPECT_FALSE(kept.find(machine_));
  kept.keep(machine_, {.bytes = 2000, .why = "measured"});
  const auto found = KeptMemorySizes(KeptFacts(path_, "host", "boot 1")).find(machine_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bytes, 2000);
  EXPECT_EQ(found->why, "measured");
  EXPECT_FALSE(KeptMemorySizes(KeptFacts(path_, "host", "boot 2")).find(machine_));
}

TEST_F(KeptSizes, AreOfOneHostWithItsCoresAndCache) {
  const KeptMemorySizes kept(KeptFacts(path_, "a", "boot"));
  kept.keep(machine_, {.bytes = 2000, .why = ""});
  KeptMemorySizes(KeptFacts(path_, "b", "other boot")).keep(machine_, {.bytes = 4000, .why = ""});
  EXPECT_EQ(kept.find(machine_)->bytes, 2000) << "hosts may share a home";
  EXPECT_EQ(KeptMemorySizes(KeptFacts(path_, "b", "other boot")).find(machine_)->bytes, 4000);
  machine_.cores = 3;
  EXPECT_FALSE(kept.find(machine_));
  machine_.cores = 2;
  machine_.last_level_cache_bytes = 999;
  EXPECT_FALSE(kept.find(machine_));
}

TEST_F(KeptSizes, AreMeasuredAgainWhereTheFileIsOfNoUse) {
  const KeptMemorySizes kept(KeptFacts(path_, "host", "boot"));
  std::filesystem::create_directories(path_.parent_path());
  for (const char* text : {"", "[]", "{", R"({"host": 3})", R"({"host": {"boot": "boot"}})",
                           R"({"host": {"boot": "boot", "cores": 2, "cache": 1000, "bytes": -1,
                               "why": ""}})"}) {
    std::ofstream(path_) << text;
    EXPECT_FALSE(kept.find(machine_)) << text;
  }
  kept.keep(machine_, {.bytes = 2000, .why = ""});
  EXPECT_TRUE(kept.find(machine_));
  const KeptMemorySizes nowhere(KeptFacts({}, "host", "boot"));
  nowhere.keep(machine_, {.bytes = 2000, .why = ""});
  EXPECT_FALSE(nowhere.find(machine_));
}

/// What was found, with other work before or after the reading.
std::optional<MemorySize> found_with(const Machine& machine, const KeptMemorySizes& kept,
                                     std::vector<bool> busy) {
  return measure_and_keep(machine, kept,
                          {.rate = [](std::int64_t) { return std::optional(1e10); },
                           .is_busy =
                               [&busy] {
                                 const bool now = busy.front();
                                 busy.erase(busy.begin());
                                 return now;
                               }});
}

TEST_F(KeptSizes, AreNotThoseOfABusyMachine) {
  const KeptMemorySizes kept(KeptFacts(path_, "host", "boot"));
  for (const std::vector<bool>& busy : {std::vector{true}, std::vector{false, true}}) {
    const auto found = found_with(machine_, kept, busy);
    ASSERT_TRUE(found) << "this campaign measures all the same";
    EXPECT_TRUE(found->why.ends_with("while other work used the machine")) << found->why;
    EXPECT_FALSE(kept.find(machine_));
  }
  EXPECT_TRUE(found_with(machine_, kept, {false, false}));
  EXPECT_TRUE(kept.find(machine_));
}

TEST(PlannedMemory, IsStoredInTheEnvironmentOfACampaign) {
  Results results;
  EXPECT_FALSE(stored_planned_memory(results));
  store_planned_memory({{2000, "measured"}, 12345}, results);
  const auto back = stored_planned_memory(results);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->size.bytes, 2000);
  EXPECT_EQ(back->size.why, "measured");
  EXPECT_EQ(back->available_bytes, 12345);
  for (const char* damaged : {"", "x", "12x", "-3"}) {
    results.environment["plan.memory_size_bytes"] = damaged;
    EXPECT_FALSE(stored_planned_memory(results)) << damaged;
  }
}

}  // namespace
}  // namespace scalelaw::harness
