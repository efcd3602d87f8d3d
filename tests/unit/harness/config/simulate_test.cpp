#include "harness/config/simulate.hpp"

#include <gtest/gtest.h>

#include "harness/config/parse.hpp"
#include "support/message.hpp"

namespace scalelaw::harness {
namespace {

Campaign parsed(const std::string& simulate) {
  return parse_campaign("[simulate]\n" + simulate + "\n[[experiment]]\nkernel = \"k\"\n", "x.toml");
}

TEST(SimulateTable, IsRead) {
  const SimulateOptions options = parsed(R"(
from = "m.h5"
ranks = [1, 4096]
ranks_per_node = 2
platform = "dragonfly"
nodes = 9
cores = 3
nodes_per_switch = 4
latency_s = 0
bandwidth = "12.5G"
node_latency_s = 1e-7
node_bandwidth = 1e9
send_overhead = "0:1e-6:2e-10"
receive_overhead = "8:0:0;1024:1e-6:0"
latency_factors = "0:1;65536:2.5"
bandwidth_factors = "0:0.5"
budget_s = 3)")
                                      .simulate;
  EXPECT_EQ(options.from, "m.h5");
  EXPECT_EQ(options.ranks, (std::vector<std::int64_t>{1, 4096}));
  EXPECT_EQ(options.ranks_per_node, 2);
  EXPECT_EQ(options.network, Network::dragonfly);
  EXPECT_EQ(options.nodes, 9);
  EXPECT_EQ(options.cores, 3);
  EXPECT_EQ(options.nodes_per_switch, 4);
  EXPECT_EQ(options.latency_s, 0);
  EXPECT_EQ(options.bandwidth_bytes_per_s, 12.5e9);
  EXPECT_EQ(options.node_latency_s, 1e-7);
  EXPECT_EQ(options.node_bandwidth_bytes_per_s, 1e9);
  EXPECT_EQ(options.send_overhead, "0:1e-6:2e-10");
  EXPECT_EQ(options.receive_overhead, "8:0:0;1024:1e-6:0");
  EXPECT_EQ(options.latency_factors, "0:1;65536:2.5");
  EXPECT_EQ(options.bandwidth_factors, "0:0.5");
  EXPECT_EQ(options.budget_s, 3);
}

TEST(SimulateTable, TakesAPlatformFileWithItsHosts) {
  const SimulateOptions options = parsed("platform = \"a.xml\"\nhostfile = \"hosts\"").simulate;
  EXPECT_EQ(options.network, Network::file);
  EXPECT_EQ(options.platform_file, "a.xml");
  EXPECT_EQ(parsed("oversubscription = 4").simulate.oversubscription, 4);
}

TEST(SimulateTable, RefusesStepsThatSimGridReadsDifferently) {
  const auto says = [](const std::string& key, const std::string& steps) {
    return message_of([&] { (void)parsed(key + " = \"" + steps + "\""); });
  };
  for (const char* wrong : {"fast", "0", "0:1:2", "0:1;", "0:1;;8:2", ":1", "0:", "0:-1", "0:inf",
                            "0:1e", "-8:1", "0.5:1", "0:1;64:2:3", "0: 1"}) {
    EXPECT_EQ(says("latency_factors", wrong),
              "x.toml:2: 'latency_factors': '" + std::string(wrong) + "' is not a list of steps");
  }
  for (const char* wrong : {"0:1", "0:1e-6:2:3", "0:1e-6:2e-10;8:1"}) {
    EXPECT_EQ(says("send_overhead", wrong),
              "x.toml:2: 'send_overhead': '" + std::string(wrong) + "' is not a list of steps");
  }
  EXPECT_EQ(says("bandwidth_factors", "0:1;65536:2.5e0"), "no error");
}

TEST(SimulateTable, RefusesKeysThatThePlatformDoesNotHave) {
  const auto says = [](const std::string& text) { return message_of([&] { (void)parsed(text); }); };
  const std::string own = "platform = \"a.xml\"\nhostfile = \"h\"\n";
  EXPECT_EQ(says(own + "latency_factors = \"0:2\"\nnodes = 2\ncores = 2"), "no error");
  for (const char* key : {"latency_s", "bandwidth", "oversubscription", "node_latency_s",
                          "node_bandwidth", "nodes_per_switch"}) {
    EXPECT_EQ(says(own + key + " = 2"),
              "x.toml: [simulate] " + std::string(key) + " has no effect beside a platform file");
  }
  EXPECT_EQ(says("platform = \"ethernet\"\nnodes_per_switch = 2"),
            "x.toml: [simulate] nodes_per_switch has no effect in an ethernet");
  EXPECT_EQ(says("ranks_per_node = 2"),
            "x.toml: [simulate] ranks_per_node has no effect without ranks");
}

}  // namespace
}  // namespace scalelaw::harness
