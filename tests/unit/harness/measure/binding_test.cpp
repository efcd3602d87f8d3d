#include "harness/measure/binding.hpp"

#include <gtest/gtest.h>

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// Eight cores of two hardware threads: c and c + 8.
std::vector<Core> machine() {
  std::vector<Core> cores;
  for (int core = 0; core < 8; ++core) cores.push_back({core, core + 8});
  return cores;
}

struct Rank {
  std::string host;
  std::vector<std::string> masks;
};

json header_of(const std::vector<Rank>& ranks) {
  json out = json::array();
  for (const Rank& rank : ranks) {
    json threads = json::array();
    for (const std::string& mask : rank.masks) {
      threads.push_back({{"thread", threads.size()}, {"cpus", mask}, {"last_cpu", 0}});
    }
    out.push_back({{"rank", out.size()}, {"host", rank.host}, {"pid", 1}, {"threads", threads}});
  }
  return {{"ranks", out}};
}

std::string fault(const Placement& asked, const std::vector<Rank>& ranks,
                  bool oversubscribed = false) {
  Point point;
  point.placement = asked;
  point.oversubscribed = oversubscribed;
  return binding_fault(point, header_of(ranks), machine());
}

TEST(BindingFault, AcceptsThreadsWithCoresOfTheirOwn) {
  EXPECT_EQ(fault({1, 1, 1}, {{"a", {"0-15"}}}), "");  // one thread may have them all
  EXPECT_EQ(fault({1, 1, 2}, {{"a", {"0", "1"}}}), "");
  EXPECT_EQ(fault({1, 1, 2}, {{"a", {"0,8", "1,9"}}}), "");  // a core with both its siblings
  EXPECT_EQ(fault({1, 1, 2}, {{"a", {"0-3", "4-7"}}}), "");
  EXPECT_EQ(fault({1, 2, 2}, {{"a", {"0", "1"}}, {"a", {"2", "3"}}}), "");
  EXPECT_EQ(fault({2, 1, 2}, {{"a", {"0", "1"}}, {"b", {"0", "1"}}}), "");  // hosts apart
  EXPECT_EQ(fault({1, 1, 2}, {{"a", {"100", "101"}}}), "");  // a larger host than this one
}

TEST(BindingFault, FindsThreadsThatShareACore) {
  EXPECT_NE(fault({1, 1, 2}, {{"a", {"0-15", "0-15"}}}), "");
  EXPECT_NE(fault({1, 1, 2}, {{"a", {"0", "0"}}}), "");
  EXPECT_NE(fault({1, 1, 2}, {{"a", {"0-1", "1-2"}}}), "");
  const std::string siblings = fault({1, 1, 2}, {{"a", {"0", "8"}}});
  EXPECT_NE(siblings.find("share a core"), std::string::npos) << siblings;
  EXPECT_NE(siblings.find("CPUs 8"), std::string::npos) << siblings;
  EXPECT_NE(fault({1, 2, 1}, {{"a", {"3"}}, {"a", {"3"}}}), "");  // ranks too
  EXPECT_EQ(fault({1, 1, 2}, {{"a", {"0", "0"}}}, true), "");     // unless it was asked for
}

TEST(BindingFault, FindsTheWrongNumberOfRanksThreadsAndHosts) {
  EXPECT_EQ(fault({1, 2, 1}, {{"a", {"0"}}}), "1 rank ran, not 2");
  EXPECT_EQ(fault({1, 1, 2}, {{"a", {"0"}}}), "rank 0 had 1 thread, not 2");
  EXPECT_EQ(fault({1, 1, 1}, {{"a", {"0", "1"}}}), "rank 0 had 2 threads, not 1");
  EXPECT_EQ(fault({2, 1, 1}, {{"a", {"0"}}, {"a", {"1"}}}),
            "the ranks ran on 1 host (a), not on 2");
  EXPECT_EQ(fault({1, 2, 1}, {{"a", {"0"}}, {"b", {"1"}}}),
            "the ranks ran on 2 hosts (a, b), not on 1");
  EXPECT_NE(fault({1, 2, 1}, {{"a", {"0"}}}, true), "");
}

TEST(BindingFault, OnlyCountsWhereTheLauncherDoesNotBind) {
  Point point;
  point.placement = {1, 1, 2};
  const json shared = header_of({{"a", {"0", "0"}}});
  EXPECT_NE(binding_fault(point, shared, machine(), true), "");
  EXPECT_EQ(binding_fault(point, shared, machine(), false), "");
  EXPECT_NE(binding_fault(point, header_of({{"a", {"0"}}}), machine(), false), "");
}

TEST(BindingFault, IsNotWhatADriverDoesNotKnow) {
  Point point;
  EXPECT_EQ(binding_fault(point, json::object(), machine()), "");
  EXPECT_EQ(fault({1, 1, 1}, {{"a", {"unknown"}}}), "");
  EXPECT_EQ(fault({1, 1, 2}, {{"a", {"0", "unknown"}}}), "");
  EXPECT_NE(fault({1, 1, 3}, {{"a", {"0", "unknown", "0"}}}), "");  // what is known must be right
  EXPECT_NE(fault({1, 1, 2}, {{"a", {"unknown"}}}), "");            // and the numbers, too
}

TEST(BindingFault, OfObservedMasksIsBetweenRanksOrALackOfCores) {
  const auto observed = [](const Placement& asked, const std::vector<Rank>& ranks) {
    Point point;
    point.placement = asked;
    json header = header_of(ranks);
    header["binding"] = "observed";
    return binding_fault(point, header, machine());
  };
  EXPECT_EQ(observed({1, 1, 2}, {{"a", {"0-15", "0-15"}}}), "");
  EXPECT_EQ(observed({1, 2, 2}, {{"a", {"0-1", "0-1"}}, {"a", {"2-3", "2-3"}}}), "");
  EXPECT_EQ(observed({1, 1, 2}, {{"a", {"0", "0"}}}),
            "binding: the 2 threads of rank 0 share 1 core");
  EXPECT_EQ(observed({1, 1, 2}, {{"a", {"0,8", "0,8"}}}),
            "binding: the 2 threads of rank 0 share 1 core");
  EXPECT_NE(observed({1, 2, 1}, {{"a", {"0-15"}}, {"a", {"0-15"}}}).find("share a core"),
            std::string::npos);
  EXPECT_NE(observed({1, 1, 1}, {{"a", {""}}}), "");
}

TEST(BindingFault, TakesNothingOnTrust) {
  Point point;
  EXPECT_NE(binding_fault(point, json(), machine()), "");
  EXPECT_NE(fault({1, 1, 1}, {{"a", {""}}}), "");
  json header = header_of({{"a", {"0"}}});
  header["ranks"][0]["threads"][0].erase("cpus");
  EXPECT_NE(binding_fault(point, header, machine()), "");
}

}  // namespace
}  // namespace scalelaw::harness
