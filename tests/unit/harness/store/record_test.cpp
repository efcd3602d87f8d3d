#include "harness/store/record.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>

#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

const std::string header =
    R"({"record": "header", "schema": 2, "driver": "scalelaw-serial", "kernel": "dot_product", "model": "serial", "phases": [{"name": "run", "role": "parallel"}, {"name": "send", "role": "transfer"}]})";
const std::string end = R"({"record": "end", "samples": 2, "verified": true})";

std::string sample(int index) {
  return json{{"record", "sample"},
              {"index", index},
              {"diagnostic", false},
              {"total_s", 0.5},
              {"ranks", json::array({{{"phases_s", {{"run", 0.3}, {"send", 0.1}}},
                                      {"wait_s", 0.0},
                                      {"total_s", 0.5},
                                      {"busy_s", {0.3}},
                                      {"items", 7}}})},
              {"facts", {{"sum", "1"}}},
              {"verified", true},
              {"fault", ""}}
      .dump();
}

std::string lines(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += part + "\n";
  return text;
}

TEST(ParseRecord, ReadsAWholeOne) {
  const Record record = parse_record(lines({header, sample(0), sample(1), end}));
  EXPECT_EQ(record.fault, "");
  EXPECT_TRUE(record.ended);
  ASSERT_EQ(record.samples.size(), 2U);
  EXPECT_EQ(record.samples[1].index, 1);
  EXPECT_EQ(record.samples[1].total_s, 0.5);
  EXPECT_EQ(record.samples[1].ranks.at(0).busy_s, std::vector<double>{0.3});
  EXPECT_EQ(record.samples[1].facts.at("sum"), "1");
  const std::vector<PhaseTime>& phases = record.samples[1].ranks[0].phases;
  ASSERT_EQ(phases.size(), 2U);
  EXPECT_EQ(phases[0].name, "run");
  EXPECT_EQ(phases[0].role, Role::parallel);
  EXPECT_EQ(phases[1].seconds, 0.1);
  EXPECT_EQ(record.header["kernel"], "dot_product");
}

TEST(ParseRecord, KeepsTheStagesOfAPipelineInTheirOrder) {
  json staged = json::parse(sample(0));
  staged["stages"] = {{{"stage", "read"}, {"busy_s", 0.1}}, {{"stage", "decode"}, {"busy_s", 0.6}}};
  const Record record = parse_record(lines({header, staged.dump(), sample(1), end}));
  EXPECT_EQ(record.fault, "");
  ASSERT_EQ(record.samples.at(0).stages.size(), 2U);
  EXPECT_EQ(record.samples[0].stages[0].stage, "read");
  EXPECT_EQ(record.samples[0].stages[1].busy_s, 0.6);
  EXPECT_TRUE(record.samples.at(1).stages.empty());
  staged["stages"] = {{{"stage", "read"}}};
  EXPECT_NE(parse_record(lines({header, staged.dump(), end})).fault, "");
}

/// A phase of a sample is the longest of its ranks, in the order of the header.
TEST(ParseRecord, TakesEachPhaseOfASampleFromItsSlowestRank) {
  json two = json::parse(sample(0));
  two["ranks"].push_back(two["ranks"][0]);
  two["ranks"][0]["phases_s"] = {{"send", 0.4}, {"run", 0.1}};
  const Record record = parse_record(lines({header, two.dump()}));
  ASSERT_EQ(record.samples.size(), 1U);
  const std::vector<PhaseTime>& phases = record.samples[0].phases;
  ASSERT_EQ(phases.size(), 2U);
  EXPECT_EQ(phases[0].name, "run");
  EXPECT_EQ(phases[0].seconds, 0.3);
  EXPECT_EQ(phases[1].seconds, 0.4);
}

/// A driver may know its totals alone.
TEST(ParseRecord, ReadsADriverThatKnowsLess) {
  json less = json::parse(header);
  less.erase("phases");
  json total = json::parse(sample(0));
  total["ranks"] = json::array({{{"total_s", 0.5}}});
  const Record record = parse_record(lines({less.dump(), total.dump()}));
  ASSERT_EQ(record.samples.size(), 1U);
  EXPECT_TRUE(record.samples[0].phases.empty());
  const RankTimes& rank = record.samples[0].ranks.at(0);
  EXPECT_TRUE(rank.phases.empty() && rank.busy_s.empty());
  EXPECT_TRUE(std::isnan(rank.wait_s));
  EXPECT_EQ(rank.items, -1);
}

struct Damage {
  std::string text;
  std::string says;
  std::size_t samples;
};

TEST(ParseRecord, SaysWhatIsWrongAndKeepsWhatIsRight) {
  for (const Damage& damage : {
           Damage{"", "empty", 0},
           Damage{lines({header, sample(0), sample(1)}), "no end", 2},
           Damage{lines({header, sample(0), end}), "end: `samples` is 2, but the record has 1", 1},
           Damage{lines({header, sample(0)}) + sample(1).substr(0, 40), "breaks off", 1},
           Damage{lines({header, sample(0), "{oops", sample(1), end}),
                  "line 3: it is not JSON from character 2 on", 1},
           Damage{lines({header, sample(0), "[]", end}), "not a record", 1},
           Damage{lines({sample(0), header, end}), "before the header", 0},
           Damage{lines({header, header}), "second header", 0},
           Damage{lines({header, sample(1)}), "`index` is 1, where sample 0 belongs", 0},
           Damage{lines({header, R"({"record": "sample", "index": 0})"}), "`diagnostic` is missing",
                  0},
           Damage{lines({header, R"({"record": "poem"})"}), "unknown kind 'poem'", 0},
           Damage{lines({R"({"record": "header", "schema": 1})"}),
                  "`schema` is 1, and this harness reads 2: use a driver and a harness of one", 0},
           Damage{lines({R"({"record": "header"})"}), "`schema` is missing", 0},
           Damage{std::string("\0\xff\xfe\n", 4), "it is not JSON from character 1 on", 0},
       }) {
    const Record record = parse_record(damage.text);
    EXPECT_NE(record.fault.find(damage.says), std::string::npos) << record.fault;
    EXPECT_EQ(record.samples.size(), damage.samples) << damage.says;
  }
}

TEST(ParseRecord, NeverThrowsAndNeverCallsACutRecordWhole) {
  const std::string whole = lines({header, sample(0), sample(1), end});
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    EXPECT_NE(parse_record(std::string_view(whole).substr(0, size)).fault, "") << size;
  }
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = whole;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    EXPECT_NO_THROW(parse_record(damaged));
  }
}

TEST(ReadRecord, SaysThatAFileIsMissing) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_record(folder / "none").fault, "the driver left no record");
  EXPECT_NE(read_record(folder.path().string()).fault.find("not a regular file"),
            std::string::npos);
  std::ofstream(folder / "whole") << lines({header, sample(0), sample(1), end});
  EXPECT_EQ(read_record(folder / "whole").fault, "");
}

/// Not the driver's fault.
TEST(ReadRecord, SaysThatTheSystemDoesNotLetItBeRead) {
  const TemporaryFolder folder;
  std::ofstream(folder / "whole") << lines({header, sample(0), sample(1), end});
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{3, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const Record record = read_record(folder / "whole");
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_NE(record.fault.find("Too many open files"), std::string::npos) << record.fault;
  EXPECT_TRUE(record.refused);
}

/// None of these may be waited for, or fill the memory.
TEST(ReadRecord, TakesNothingButARegularFileOfSensibleSize) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/zero", folder / "zero");
  std::filesystem::create_symlink("zero-of-mine", folder / "dangling");
  for (const char* name : {"pipe", "zero", "dangling"}) {
    EXPECT_NE(read_record(folder / name).fault.find("cannot be read"), std::string::npos) << name;
    EXPECT_FALSE(read_record(folder / name).refused) << name;
  }
  std::ofstream(folder / "huge").close();
  std::filesystem::resize_file(folder / "huge", std::uintmax_t{1} << 40);  // of holes
  EXPECT_NE(read_record(folder / "huge").fault.find("more than"), std::string::npos);
  EXPECT_FALSE(read_record(folder / "huge").refused);
  std::ofstream(folder / "line").close();
  std::filesystem::resize_file(folder / "line", std::uintmax_t{100} << 20);
  EXPECT_NE(read_record(folder / "line").fault.find("line 1: it has more than"), std::string::npos);
}

}  // namespace
}  // namespace scalelaw::harness
