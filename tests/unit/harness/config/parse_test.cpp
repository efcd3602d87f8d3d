#include "harness/config/parse.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "harness/config/value.hpp"
#include "support/message.hpp"
#include "support/refusal.hpp"
#include "support/source_folder.hpp"

namespace scalelaw::harness {
namespace {

const std::string minimal = head + "[[experiment]]\nkernel = \"dot_product\"\n";

TEST(ParseCampaign, HasDefaultsForAllButTheNames) {
  const Campaign campaign = parse_campaign(minimal, "x.toml");
  EXPECT_EQ(campaign.name, "c");
  EXPECT_EQ(campaign.text, minimal);
  EXPECT_EQ(campaign.seed, 1);
  ASSERT_EQ(campaign.experiments.size(), 1U);
  const Experiment& experiment = campaign.experiments[0];
  EXPECT_EQ(experiment.name, "dot_product");
  EXPECT_TRUE(experiment.models.empty()) << "all that there are";
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
  EXPECT_EQ(experiment.models, (std::vector<std::string>{"openmp", "hybrid"}));
  EXPECT_EQ(experiment.size.values, (std::vector<nlohmann::json>{"auto", 1000000, 4096, 10000}));
  EXPECT_EQ(experiment.size.line, 33);
  EXPECT_TRUE(experiment.ranks.automatic);
  EXPECT_EQ(experiment.threads.values, std::vector<std::int64_t>{2});
  EXPECT_EQ(experiment.options.size(), 8U);
  EXPECT_EQ(experiment.params.at(0).name, "type");
  EXPECT_EQ(experiment.params.at(0).values, (std::vector<nlohmann::json>{"f32", "f64"}));
  EXPECT_TRUE(experiment.oversubscribe);
}

TEST(ParseCampaign, ChoosesSamplesUnlessANumberIsGiven) {
  const auto with = [](const std::string& samples) {
    return parse_campaign(minimal + "[measuring]\n" + samples, "x.toml").measuring;
  };
  EXPECT_TRUE(with("").choose_samples);
  EXPECT_TRUE(with("samples = \"auto\"\n").choose_samples);
  EXPECT_FALSE(with("samples = 7\n").choose_samples);
  EXPECT_EQ(with("samples = 7\n").samples, 7);
  EXPECT_EQ(with("samples = \"1k\"\n").samples, 1000);
  for (const char* wrong : {"0", "-1", "\"many\"", "1.5", "[1, 2]", "true"}) {
    EXPECT_THROW((void)with("samples = " + std::string(wrong) + "\n"), Error) << wrong;
  }
}

TEST(ParseCampaign, ReadsTheBudgetOfTheCampaignBesideThatOfAPoint) {
  const auto with = [](const std::string& budget) {
    return parse_campaign("[campaign]\nname = \"c\"\n" + budget +
                              "[measuring]\nbudget_s = 9\n[[experiment]]\nkernel = \"x\"\n",
                          "x.toml")
        .measuring;
  };
  EXPECT_EQ(with("budget_s = 150\n").campaign_budget_s, 150);
  EXPECT_EQ(with("budget_s = 150\n").budget_s, 9);
  EXPECT_TRUE(std::isinf(with("budget_s = inf\n").campaign_budget_s));
  EXPECT_TRUE(std::isinf(with("").campaign_budget_s));
  for (const char* wrong : {"0", "-1", "nan", "\"auto\""}) {
    EXPECT_THROW((void)with("budget_s = " + std::string(wrong) + "\n"), Error) << wrong;
  }
}

TEST(ParseCampaign, KeepsOtherKeysOfAnExperimentAsOptionsOfTheDrivers) {
  const Campaign campaign = parse_campaign(minimal + "chunk = [1, 4]\nrnaks = \"two\"\n", "x.toml");
  const std::vector<Setting>& options = campaign.experiments.at(0).options;
  ASSERT_EQ(options.size(), 2U);
  EXPECT_EQ(options[0].name, "chunk");
  EXPECT_EQ(options[0].values, (std::vector<nlohmann::json>{1, 4}));
  EXPECT_EQ(options[0].line, 5);
  EXPECT_EQ(options[1].name, "rnaks");
  EXPECT_EQ(options[1].line, 6);
}

TEST(ParseCampaign, ReadsWhatThePretendedMachineCosts) {
  const FakeOptions fake = parse_campaign(minimal + R"(
[fake]
operation_s = 1e-9
serial_share = "serial_fraction"
limit = inf
weights = "one_heavy"
nodes = 4
load = 0.25
[[fake.case]]
when = { model = ["mpi", "hybrid"], threads = 2 }
pass_s = 0
facts = { lost = 1000, how = "raced" }
stages = { read = 0.25, write = 0.75 }
)",
                                          "x.toml")
                               .fake;
  EXPECT_EQ(fake.costs.operation_s, 1e-9);
  EXPECT_EQ(fake.costs.serial_share_of, "serial_fraction");
  EXPECT_TRUE(std::isinf(fake.costs.limit.value()));
  EXPECT_EQ(fake.costs.weights, FakeWeights::one_heavy);
  EXPECT_EQ(fake.costs.one_worker_s, 0.01) << "what is not stated is the default";
  EXPECT_EQ(fake.nodes, 4);
  EXPECT_EQ(fake.load, 0.25);
  ASSERT_EQ(fake.cases.size(), 1U);
  const FakeCase& one = fake.cases.front();
  ASSERT_EQ(one.when.size(), 2U);
  EXPECT_EQ(one.when[0].values, (std::vector<nlohmann::json>{"mpi", "hybrid"}));
  EXPECT_EQ(one.costs.pass_s, 0);
  EXPECT_FALSE(one.costs.operation_s) << "a case states only what differs";
  EXPECT_EQ(one.costs.facts.at("lost"), "1000");
  EXPECT_EQ(one.costs.stages.at("write"), 0.75);
}

TEST(ParseCampaign, ReadsALesson) {
  const Lesson lesson = parse_campaign(minimal + R"(
[lesson]
order = 3
title = "t"
question = "q"
claim = """one \
           line"""
findings = ["scaling", "winner"]
)",
                                       "x.toml")
                            .lesson;
  EXPECT_EQ(lesson.order, 3);
  EXPECT_EQ(lesson.claim, "one line");
  EXPECT_EQ(lesson.findings, (std::vector<std::string>{"scaling", "winner"}));
  EXPECT_EQ(parse_campaign(minimal, "x.toml").lesson.order, 0) << "not a lesson";
}

TEST(CampaignName, TakesWhatTheDocumentationAllows) {
  for (const char* name : {"a", "7", "_x", "dot-long_2.b c", "Jülich Größe", "测试", "ελληνικά",
                           "e\u0301te\u0301", "v1.0.0-rc.1", "a--b"}) {
    EXPECT_EQ(parse_campaign("[campaign]\nname = \"" + std::string(name) +
                                 "\"\n[[experiment]]\nkernel = \"k\"\n",
                             "x.toml")
                  .name,
              name);
  }
}

TEST(CampaignName, IsThatOfTheFirstExperimentUnlessItIsGiven) {
  EXPECT_EQ(parse_campaign("[[experiment]]\nkernel = \"k\"\n", "x.toml").name, "k");
  EXPECT_EQ(parse_campaign("[[experiment]]\nkernel = \"k\"\nname = \"a b\"\n", "x.toml").name,
            "a b");
  const auto [what, hint] = refusal("[[experiment]]\nkernel = \"k\"\nname = \"a/b\"\n");
  EXPECT_NE(what.find("a name cannot have the character '/'"), std::string::npos) << what;
  EXPECT_EQ(hint.find("add [campaign]"), 0U);
}

TEST(CampaignName, LeavesRoomForTheEndingsOfFileNames) {
  const auto config = [](std::size_t bytes) {
    return "[campaign]\nname = \"" + std::string(bytes, 'n') +
           "\"\n[[experiment]]\nkernel = \"k\"\n";
  };
  EXPECT_EQ(parse_campaign(config(200), "x.toml").name.size(), 200U);
  EXPECT_EQ(refusal(config(201)).first, "x.toml:2: 'name': the name has 201 bytes, more than 200");
  EXPECT_LE(200 + std::string("-20261129T180000Z.h5.4194304.part").size(), 255U);
}

std::string as_utf16(const std::string& text, bool big_endian) {
  std::string out;
  for (const char c : text) {
    if (big_endian) out += '\0';
    out += c;
    if (!big_endian) out += '\0';
  }
  return out;
}

TEST(Encoding, IsNamedWhenItIsNotUtf8) {
  const std::string hint = "save it as UTF-8";
  for (const bool big_endian : {false, true}) {
    for (const bool marked : {false, true}) {
      const std::string mark = !marked ? "" : big_endian ? "\xFE\xFF" : "\xFF\xFE";
      const auto [what, remedy] = refusal(mark + as_utf16(minimal, big_endian));
      EXPECT_EQ(what, "x.toml:1: the text is encoded in UTF-16, not in UTF-8");
      EXPECT_NE(remedy.find(hint), std::string::npos) << remedy;
    }
  }
  const auto [what, remedy] = refusal(head + "# gr\xFCn\n" + minimal.substr(head.size()));
  EXPECT_EQ(what.substr(0, what.find(';')), "x.toml:3: the byte 0xFC is not UTF-8");
  EXPECT_NE(what.find("Latin-1"), std::string::npos) << what;
  EXPECT_NE(remedy.find(hint), std::string::npos) << remedy;
  EXPECT_EQ(refusal(std::string("\xFF\xFE\0\0[\0\0\0", 8)).first,
            "x.toml:1: the text is encoded in UTF-32, not in UTF-8");
  EXPECT_EQ(refusal(head + std::string(1, '\0')).first,
            "x.toml:3: there is a zero byte, so this is not text");
  EXPECT_EQ(refusal(head + "# \xC3").first.substr(0, 28), "x.toml:3: the byte 0xC3 is n")
      << "cut short";
  EXPECT_EQ(refusal(head + "# \xED\xA0\x80").first.substr(0, 28), "x.toml:3: the byte 0xED is n")
      << "half of a surrogate pair";
}

TEST(Encoding, TakesUtf8WithAndWithoutAMark) {
  EXPECT_EQ(parse_campaign("\xEF\xBB\xBF" + minimal, "x.toml").name, "c");
  EXPECT_EQ(parse_campaign("# grün, 测试, \U0001F600\n" + minimal, "x.toml").name, "c");
}

TEST(LoadCampaign, SaysThatAFileIsMissing) {
  EXPECT_THROW(load_campaign("/no/such.toml"), Error);
  EXPECT_THROW(load_campaign("/tmp"), Error);
  EXPECT_NE(message_of([] { load_campaign("/dev/null"); }).find("lacks 'experiment'"),
            std::string::npos)
      << "an empty file can be read";
}

/// docs/config.md has a heading per table, `[table]`, and under it a row per key.
std::vector<KeyDoc> documented_keys() {
  std::ifstream file(source_folder() + "/docs/config.md");
  std::vector<KeyDoc> out;
  std::string table;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) table.clear();
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
    if (row.size() < 3 || table.empty()) continue;
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
}  // namespace scalelaw::harness
