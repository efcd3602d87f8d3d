#include "harness/config/parse.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "harness/config/value.hpp"
#include "support/message.hpp"

namespace scalelaw {
namespace {

const std::string head = "[campaign]\nname = \"c\"\n";
const std::string minimal = head + "[[experiment]]\nkernel = \"dot_product\"\n";

/// The message and hint of the error that `text` is refused with.
std::pair<std::string, std::string> refusal(const std::string& text) {
  try {
    parse_campaign(text, "x.toml");
  } catch (const Error& error) {
    return {error.what(), error.hint()};
  }
  return {"accepted", ""};
}

TEST(ParseCampaign, HasDefaultsForAllButTheNames) {
  const Campaign campaign = parse_campaign(minimal, "x.toml");
  EXPECT_EQ(campaign.name, "c");
  EXPECT_EQ(campaign.text, minimal);
  EXPECT_EQ(campaign.seed, 1);
  ASSERT_EQ(campaign.experiments.size(), 1U);
  const Experiment& experiment = campaign.experiments[0];
  EXPECT_EQ(experiment.name, "dot_product");
  EXPECT_EQ(experiment.models.size(), 4U);
  EXPECT_EQ(experiment.scaling, std::vector{Scaling::strong});
  EXPECT_EQ(experiment.threads.values, std::vector<std::int64_t>{1});
  EXPECT_EQ(experiment.line, 3);
}

TEST(ParseCampaign, ReadsEveryKey) {
  const Campaign campaign = parse_campaign(R"(
[campaign]
name = "all"
seed = 7
[measuring]
warmups = 2
samples = 3
launches_min = 4
launches_max = 5
target_interval = 0.1
budget_s = 6
timeout_s = 7.5
diagnostics = 0
ceilings = false
[measuring.gate]
enabled = false
spin_s = 0.1
free_share = 0.5
repeats = 1
[machine]
cores = 8
memory = "16Gi"
last_level_cache = "32Mi"
[mpirun]
program = "/opt/mpirun"
hosts = ["a:2", "b:2"]
mca = { btl = "tcp,self", "btl_tcp_if_include" = "eth0", orte_base_help_aggregate = 0 }
[[experiment]]
name = "one"
kernel = "dot_product"
models = ["openmp", "hybrid"]
scaling = ["strong", "weak"]
size = ["auto", 1e6, "4Ki", 10_000]
nodes = [1, 2]
ranks = "auto"
threads = 2
schedule = ["static", "guided"]
chunk = [1, 16]
mode = ["data", "pipeline"]
data = "scatter"
distribution = ["block", "dynamic"]
rank_chunk = 3
overlap = [false, true]
isa = "avx2"
peers = ["openblas"]
oversubscribe = true
[experiment.params]
type = ["f32", "f64"]
)",
                                           "x.toml");
  EXPECT_EQ(campaign.seed, 7);
  EXPECT_EQ(campaign.measuring.launches_max, 5);
  EXPECT_EQ(campaign.measuring.timeout_s, 7.5);
  EXPECT_FALSE(campaign.measuring.ceilings);
  EXPECT_FALSE(campaign.measuring.gate.enabled);
  EXPECT_EQ(campaign.measuring.gate.free_share, 0.5);
  EXPECT_EQ(campaign.machine.memory_bytes, std::int64_t{16} << 30);
  EXPECT_EQ(campaign.mpirun.hosts, (std::vector<std::string>{"a:2", "b:2"}));
  EXPECT_EQ(campaign.mpirun.mca.at("btl"), "tcp,self");
  EXPECT_EQ(campaign.mpirun.mca.at("orte_base_help_aggregate"), "0");
  const Experiment& experiment = campaign.experiments.at(0);
  EXPECT_EQ(experiment.models, (std::vector{Model::openmp, Model::hybrid}));
  EXPECT_EQ(experiment.size.values, (std::vector<nlohmann::json>{"auto", 1000000, 4096, 10000}));
  EXPECT_EQ(experiment.size.line, 33);
  EXPECT_TRUE(experiment.ranks.automatic);
  EXPECT_EQ(experiment.threads.values, std::vector<std::int64_t>{2});
  EXPECT_EQ(experiment.options.size(), 8U);
  EXPECT_EQ(experiment.params.at(0).name, "type");
  EXPECT_EQ(experiment.params.at(0).values, (std::vector<nlohmann::json>{"f32", "f64"}));
  EXPECT_TRUE(experiment.oversubscribe);
}

TEST(ParseCampaign, NamesTheLineAndTheNearestKey) {
  const auto [what, hint] = refusal(minimal + "rnaks = 2\n");
  EXPECT_EQ(what, "x.toml:5: unknown key 'rnaks' in [[experiment]]");
  EXPECT_EQ(hint, "did you mean 'ranks'?");
  EXPECT_EQ(refusal("[campain]\nname = \"c\"\n").first,
            "x.toml:1: unknown key 'campain' in the config");
  EXPECT_EQ(refusal(minimal + "qqqqqqqqqqqqqqqqqqqqqqqqq = 2\n").second.substr(0, 23),
            "[[experiment]] takes: k");
}

TEST(ParseCampaign, RefusesEachWrongValueWithItsLine) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"size = -1", "x.toml:5: 'size' is -1"},
      {"size = 1.5", "x.toml:5: 'size' is 1.5, not a whole number"},
      {"size = \"1.5\"", "x.toml:5: 'size' is '1.5' is not a whole number"},
      {"size = \"abc\"", "x.toml:5: 'size' is 'abc' is not a number"},
      {"size = 1e30", "x.toml:5: 'size' is 1e+30, which is too large"},
      {"size = \"1e30\"", "x.toml:5: 'size' is '1e30' is too large (the limit is 2^63 - 1)"},
      {"size = []", "x.toml:5: 'size' is an empty list"},
      {"size = true", "x.toml:5: 'size' is not a number"},
      {"ranks = 0", "x.toml:5: 'ranks' is 0"},
      {"ranks = \"automatic\"", "x.toml:5: 'ranks' is 'automatic' is not a number"},
      {"models = [\"opnemp\"]", "x.toml:5: 'models' has an unknown value 'opnemp'"},
      {"models = \"\"", "x.toml:5: 'models' is empty"},
      {"scaling = 3", "x.toml:5: 'scaling' is not a text"},
      {"schedule = \"auto\"", "x.toml:5: 'schedule' has an unknown value 'auto'"},
      {"mode = \"pipe\"", "x.toml:5: 'mode' has an unknown value 'pipe'"},
      {"chunk = -2", "x.toml:5: 'chunk' has -2, which is no chunk size"},
      {"overlap = \"yes\"", "x.toml:5: 'overlap' is neither true nor false"},
      {"oversubscribe = 1", "x.toml:5: 'oversubscribe' is neither true nor false"},
      {"params = 3", "x.toml:5: 'params' is not a table"},
      {"params = { a = { b = 1 } }", "x.toml:5: 'a' is neither a number, a text nor true or false"},
      {"[measuring]\nsamples = 0", "x.toml:6: 'samples' is 0"},
      {"[measuring]\ntarget_interval = 0", "x.toml:6: 'target_interval' is 0"},
      {"[measuring]\nbudget_s = \"long\"", "x.toml:6: 'budget_s' is not a number"},
      {"[measuring]\ngate = true", "x.toml:6: 'gate' is not a table"},
      {"[mpirun]\nmca = 3", "x.toml:6: 'mca' is not a table"},
  };
  for (const auto& [line, what] : cases) {
    const auto [said, hint] = refusal(minimal + line + "\n");
    EXPECT_EQ(said, what) << line;
    EXPECT_FALSE(hint.empty()) << line;
  }
}

TEST(ParseCampaign, RefusesWhatDoesNotGoTogether) {
  EXPECT_EQ(refusal("[campaign]\n").first, "x.toml:1: [campaign] lacks 'name'");
  EXPECT_EQ(refusal(head).first, "x.toml:1: the config lacks 'experiment'");
  EXPECT_EQ(refusal(head).second.find("add [[experiment]]"), 0U);
  EXPECT_EQ(refusal("").first, "x.toml:1: the config lacks 'campaign'");
  EXPECT_EQ(refusal("").second.find("add [campaign]"), 0U);
  EXPECT_EQ(refusal(head + "[[experiment]]\n").first, "x.toml:3: [[experiment]] lacks 'kernel'");
  EXPECT_EQ(refusal(minimal + minimal.substr(head.size())).first,
            "x.toml:5: two experiments are called 'dot_product'");
  EXPECT_EQ(refusal(head + "[experiment]\nkernel = \"a\"\n").first,
            "x.toml:3: 'experiment' is not a list of tables");
  EXPECT_EQ(refusal(minimal + "[measuring]\nlaunches_min = 9\nlaunches_max = 8\n").first,
            "x.toml: launches_min is 9, above launches_max, 8");
  EXPECT_EQ(refusal("[campaign]\nname = \"a/b\"\n").first,
            "x.toml:2: 'name' is 'a/b', which does not make a file name");
  EXPECT_EQ(refusal(minimal + "[mpirun]\nhosts = [\"a\"]\nhostfile = \"h\"\n").first,
            "x.toml: [mpirun] has both hosts and hostfile");
}

TEST(ParseCampaign, NamesTheLineOfBrokenToml) {
  EXPECT_EQ(refusal(head + "seed = \n").first.substr(0, 9), "x.toml:3:");
  EXPECT_EQ(refusal(head + "name = \"again\"\n").first.substr(0, 9), "x.toml:3:");
}

TEST(LoadCampaign, SaysThatAFileIsMissing) {
  EXPECT_THROW(load_campaign("/no/such.toml"), Error);
  EXPECT_THROW(load_campaign("/tmp"), Error);
  EXPECT_NE(message_of([] { load_campaign("/dev/null"); }).find("lacks 'campaign'"),
            std::string::npos)
      << "an empty file can be read";
}

/// docs/config.md has a heading per table, `[table]`, and under it a row per key.
std::vector<KeyDoc> documented_keys() {
  std::ifstream file(SCALELAW_SOURCE_DIR "/docs/config.md");
  std::vector<KeyDoc> out;
  std::string table;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## `[")) {
      table = line.substr(line.find_first_not_of("# `["));
      table.resize(table.find_first_of(']'));
    }
    if (!line.starts_with("| `")) continue;
    std::istringstream cells(line.substr(2));
    std::vector<std::string> row;
    for (std::string cell; std::getline(cells, cell, '|');) {
      const std::size_t first = cell.find_first_not_of(' ');
      row.push_back(first == std::string::npos
                        ? ""
                        : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
    }
    if (row.size() < 3) continue;
    row[0] = row[0].substr(1, row[0].size() - 2);
    out.push_back({table, row[0], row[1], row[2]});
  }
  return out;
}

TEST(Documentation, ListsExactlyTheKeysOfTheParser) {
  const auto text = [](const std::vector<KeyDoc>& keys) {
    std::string out;
    for (const KeyDoc& key : keys) {
      out += key.table + " | " + key.name + " | " + key.type + " | " + key.fallback + "\n";
    }
    return out;
  };
  EXPECT_EQ(text(documented_keys()), text(config_keys()));
}

}  // namespace
}  // namespace scalelaw
