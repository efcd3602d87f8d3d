#include "adapter/part.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "common/error.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::adapter {
namespace {

Place at(std::int64_t rank, const std::string& launch = "l") {
  return {.rank = rank, .ranks = 3, .nodes = 1, .launch = launch};
}

Part part(std::int64_t rank) {
  Part out;
  out.rank = rank;
  out.host = "h" + std::to_string(rank);
  out.pid = 7;
  out.use = {.wall_s = 1.5, .user_s = 1, .system_s = 0.25, .peak_bytes = 4096};
  out.seen.steal_s = 0.5;
  out.seen.major_faults = 2;
  out.steal_cpus = "0-3";
  out.threads = {{.cpus = "0-1", .last_cpu = 1, .busy_ns = 0}, {}};
  out.times_s = {0.5, 0.75};
  out.check = "x";
  out.last_words = "end\n";
  return out;
}

TEST(Part, SurvivesItsFile) {
  EXPECT_EQ(to_json(part_from(to_json(part(2)))), to_json(part(2)));
  Part unknown;
  unknown.host = "h";
  unknown.fault = "died";
  unknown.is_of_pattern = true;
  const auto back = part_from(nlohmann::json::parse(to_json(unknown).dump()));
  EXPECT_TRUE(std::isnan(back.use.wall_s));
  EXPECT_TRUE(std::isnan(back.seen.steal_s));
  EXPECT_EQ(part_from(to_json(part(2))).seen.major_faults, 2);
  EXPECT_EQ(part_from(to_json(part(2))).steal_cpus, "0-3");
  EXPECT_FALSE(back.check.has_value());
  EXPECT_EQ(back.fault, "died");
  EXPECT_TRUE(back.is_of_pattern);
}

TEST(Parts, AreGatheredInOrderAndRemoved) {
  const TemporaryFolder folder;
  const std::string record = folder / "r.jsonl";
  Parts(record, at(2)).write(part(2));
  std::thread late([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    Parts(record, at(1)).write(part(1));
  });
  const std::vector<Part> all = Parts(record, at(0)).gather(30);
  late.join();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].host, "h1");
  EXPECT_EQ(all[1].host, "h2");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Parts, OfAnotherLaunchOrUnfinishedOnesAreNone) {
  const TemporaryFolder folder;
  const std::string record = folder / "r.jsonl";
  Parts(record, at(1, "earlier")).write(part(1));
  std::ofstream(record + ".l.rank-2") << "{\"rank\": 2";
  EXPECT_TRUE(Parts(record, at(0)).gather(0.02).empty());
}

TEST(Parts, WaitForTheRootToSetUp) {
  const TemporaryFolder folder;
  const Parts root(folder / "r", at(0)), other(folder / "r", at(1));
  root.let_begin(true);
  EXPECT_NO_THROW(other.wait_for_begin());
  root.let_begin(false);
  EXPECT_THROW(other.wait_for_begin(), Error);
  root.remove_begin();
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Parts, SayWhenTheirFolderIsGone) {
  EXPECT_THROW(Parts("/no/such/folder/r", at(1)).write(part(1)), Error);
}

}  // namespace
}  // namespace scalelaw::adapter
