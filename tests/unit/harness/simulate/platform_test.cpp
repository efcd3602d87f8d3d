#include "harness/simulate/platform.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "support/message.hpp"

namespace scalelaw::harness {
namespace {

/// What stands behind `key` in quotes.
std::string attribute(const std::string& xml, const std::string& key) {
  const std::size_t begin = xml.find(" " + key + "=\"");
  if (begin == std::string::npos) return "none";
  const std::size_t from = begin + key.size() + 3;
  return xml.substr(from, xml.find('"', from) - from);
}

TEST(PlatformXml, IsTheWholeFileThatSimGridReads) {
  SimulateOptions options;
  options.network = Network::ethernet;
  options.latency_s = 2e-4;
  options.bandwidth_bytes_per_s = 12.5e6;
  EXPECT_EQ(platform_xml(options, 3, 2), R"(<?xml version="1.0"?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
  <zone id="machine" routing="Floyd">
    <cluster id="nodes" prefix="node" suffix="" radical="0-2" speed="1Gf" core="2"
             bw="12500Bps" lat="0.1s" loopback_bw="10000000Bps" loopback_lat="0.0003s" />
  </zone>
</platform>
)");
}

TEST(PlatformXml, GivesAFatTreeAsManySwitchesAsItsNodesNeed) {
  const SimulateOptions options;
  EXPECT_EQ(attribute(platform_xml(options, 20, 1), "topo_parameters"), "1;20;1;1");
  const std::string large = platform_xml(options, 100, 1);
  EXPECT_EQ(attribute(large, "topo_parameters"), "2;32,4;1,32;1,1");
  EXPECT_EQ(attribute(large, "radical"), "0-127");
}

TEST(PlatformXml, OversubscribesWhatIsAboveTheSwitches) {
  SimulateOptions options;
  options.oversubscription = 4;
  EXPECT_EQ(attribute(platform_xml(options, 64, 1), "topo_parameters"), "2;32,2;1,8;1,1");
  options.network = Network::ethernet;
  options.bandwidth_bytes_per_s = 1000;
  EXPECT_EQ(attribute(platform_xml(options, 64, 1), "bb_bw"), "16Bps");
  options.oversubscription = 1;
  EXPECT_EQ(attribute(platform_xml(options, 64, 1), "bb_bw"), "none");
}

TEST(PlatformXml, GivesADragonflyWholeGroups) {
  SimulateOptions options;
  options.network = Network::dragonfly;
  options.nodes_per_switch = 2;
  const std::string xml = platform_xml(options, 40, 1);
  EXPECT_EQ(attribute(xml, "topo_parameters"), "2,1;4,1;4,1;2");
  EXPECT_EQ(attribute(xml, "radical"), "0-63");
}

TEST(HostfileText, NamesTheHostOfEachRank) {
  EXPECT_EQ(hostfile_text({"a", "b", "c"}, {2, 2, 1}), "a\na\nb\nb\n");
  EXPECT_THROW((void)hostfile_text({"a"}, {2, 1, 1}), std::out_of_range);
}

TEST(ListedHosts, AreTheNamesWithoutSlotsAndComments) {
  EXPECT_EQ(listed_hosts("# nodes\nnode-0:16\r\n\n  b  # second\nc:\n\t\n"),
            (std::vector<std::string>{"node-0", "b", "c"}));
  for (const char* wrong : {"a b", ":4", "a:b", "a:1:2", "a slots=2"}) {
    EXPECT_EQ(message_of([&] { (void)listed_hosts(wrong); }),
              "the line '" + std::string(wrong) + "' of the hostfile is not the name of a host");
  }
}

TEST(RequireSpeeds, TakesTheSpeedThatTracesCountWithAlone) {
  const auto says = [](const std::string& xml) { return message_of([&] { require_speeds(xml); }); };
  const std::string host = "<host id=\"a\" speed=";
  EXPECT_EQ(says(host + "\"1Gf\"/>" + host + "'1000Mf'/>\n" + host + "\"1e9f\"/>"), "no error");
  EXPECT_EQ(says("<!-- " + host + "\"2Gf\"/> -->" + host + "\"1.0Gf\"/>"), "no error");
  EXPECT_EQ(says("<host id=\"a\" speed_file=\"x\"/>"), "no error");
  for (const char* speed : {"100Gf", "1Gf, 2Gf", "1", "1Mf", "fast", ""}) {
    EXPECT_EQ(says(host + "\"1Gf\"/>" + host + "\"" + speed + "\"/>"),
              "the platform has hosts of the speed '" + std::string(speed) + "'");
  }
}

TEST(ReplayWords, NameTheFilesFromTheirFolderAndNoFactorsOfAnotherCluster) {
  const std::vector<std::string> words = replay_words({}, 3, "/tmp/r r");
  std::string text;
  for (const std::string& word : words) text += word + "\n";
  EXPECT_EQ(
      text,
      "env\n--chdir=/tmp/r "
      "r\nTMPDIR=.\nsmpirun\n-np\n3\n-platform\nplatform.xml\n-hostfile\nhosts\n-no-privatize\n"
      "--log=smpi_replay.thresh:verbose\n--log=smpi_replay.fmt:%m%n\n"
      "--log=smpi_replay.app:file:log\n--cfg=smpi/host-speed:1Gf\n"
      "--cfg=contexts/stack-size:256\n--cfg=network/crosstraffic:0\n"
      "--cfg=smpi/barrier:ompi_recursivedoubling\n--cfg=smpi/allreduce:rdb\n"
      "--cfg=smpi/bcast:binomial_tree\n--cfg=smpi/send-is-detached-thresh:65536\n"
      "--cfg=smpi/async-small-thresh:65536\n--cfg=smpi/os:0:0:0\n"
      "--cfg=smpi/ois:65535:0:0\n--cfg=smpi/or:0:0:0\n"
      "--cfg=smpi/lat-factor:0:1\n--cfg=smpi/bw-factor:0:1\n-replay\nlist\n");
}

TEST(ReplayWords, SlowOverheadsDown) {
  SimulateOptions options;
  options.send_overhead = "0:1e-6:2e-9;1024:5e-6:0";
  const std::vector<std::string> words = replay_words(options, 2, "/r");
  EXPECT_EQ(std::count(words.begin(), words.end(), "--cfg=smpi/os:0:0.001:2e-06;1024:0.005:0"), 1);
}

TEST(ReplayWords, HaveTheCalibrationAndTheUsersPlatform) {
  SimulateOptions options;
  options.network = Network::file;
  options.platform_file = "site.xml";
  options.send_overhead = "0:1e-6:0";  // a platform of the user's is as it is
  options.bandwidth_factors = "0:0.5;65536:0.9";
  const std::vector<std::string> words = replay_words(options, 2, "/r");
  const auto has = [&](const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  EXPECT_TRUE(has(std::filesystem::absolute("site.xml"))) << "it is not in the replay's folder";
  EXPECT_TRUE(has("--cfg=smpi/os:0:1e-6:0"));
  EXPECT_TRUE(has("--cfg=smpi/bw-factor:0:0.5;65536:0.9"));
  EXPECT_FALSE(has("platform.xml"));
}

}  // namespace
}  // namespace scalelaw::harness
