#include "harness/store/record_rules.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "harness/machine/environment.hpp"
#include "harness/measure/assess.hpp"
#include "harness/store/journal.hpp"
#include "harness/store/record.hpp"
#include "harness/store/results_file.hpp"
#include "support/models.hpp"
#include "support/temporary_folder.hpp"
#include "support/valid_record.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// The record's fault when one value in it is another.
std::string fault_with(const char* line, const std::string& pointer, const json& value) {
  json header = valid_header(), sample = valid_sample(1), end = valid_end(2);
  json& changed = line == std::string("header") ? header
                  : line == std::string("end")  ? end
                                                : sample;
  changed[json::json_pointer(pointer)] = value;
  return parse_record(record_text({header, valid_sample(0), sample, end})).fault;
}

std::string fault_without(const char* line, const std::string& key) {
  json header = valid_header(), sample = valid_sample(1), end = valid_end(2);
  (line == std::string("header") ? header : line == std::string("end") ? end : sample).erase(key);
  return parse_record(record_text({header, valid_sample(0), sample, end})).fault;
}

TEST(RecordRules, AcceptAValidRecord) {
  const std::string text =
      record_text({valid_header(), valid_sample(0), valid_sample(1), valid_end(2)});
  const Record record = parse_record(text);
  EXPECT_EQ(record.fault, "");
  EXPECT_TRUE(record.ended);
  EXPECT_EQ(record.samples.size(), 2U);
}

TEST(RecordRules, KeepWhatWasSeenOfARank) {
  json header = valid_header(), sample = valid_sample(0), end = valid_end(1);
  header["observed"] = {{"counters", "cycles"}};
  header["unobserved"] = {{"energy", "none"}};
  sample["ranks"][1]["peak_bytes"] = 4096;
  double value = 0.5;
  for (const auto& quantity : observed_quantities) {
    sample["ranks"][1][std::string(quantity.name)] = value++;
  }
  const Record record = parse_record(record_text({header, sample, end}));
  EXPECT_EQ(record.fault, "");
  ASSERT_EQ(record.samples.size(), 1U);
  const RankTimes &silent = record.samples[0].ranks[0], &telling = record.samples[0].ranks[1];
  EXPECT_EQ(silent.peak_bytes, -1);
  EXPECT_TRUE(std::isnan(silent.seen.steal_s));
  EXPECT_EQ(telling.peak_bytes, 4096);
  EXPECT_EQ(telling.seen.steal_s, 0.5);
  EXPECT_EQ(telling.seen.involuntary_switches, 2.5) << "the mean of passes is no whole number";
  EXPECT_EQ(telling.seen.energy_j, 7.5);
}

TEST(RecordRules, AllowWhatADriverMayNotKnow) {
  for (const char* key : {"timer", "ranks", "placement", "work", "batch", "seed", "params", "mpi",
                          "build", "implementation", "verification", "options"}) {
    EXPECT_EQ(fault_without("header", key), "") << key;
  }
  EXPECT_EQ(fault_with("header", "/mpi", nullptr), "");
  EXPECT_EQ(fault_with("header", "/ranks/0/threads/0/cpus", "unknown"), "");
  EXPECT_EQ(fault_with("sample", "/ranks/0/wait_s", 0.4), "");
}

TEST(RecordRules, RequireTheOtherFields) {
  for (const char* key : {"schema", "driver", "kernel", "model"}) {
    EXPECT_NE(fault_without("header", key).find("`" + std::string(key) + "` is missing"),
              std::string::npos)
        << key;
  }
  const json sample = valid_sample(0);
  for (const auto& [key, value] : sample.items()) {
    if (key == "stages" || key == "record") continue;
    EXPECT_NE(fault_without("sample", key), "") << key;
  }
  EXPECT_NE(fault_without("end", "verified"), "");
}

/// Without phases in the header a rank needs its total alone, and what it has beside it is judged.
TEST(RecordRules, LetADriverKnowItsTotalsAlone) {
  json header = valid_header(), sample = valid_sample(0);
  header.erase("phases");
  EXPECT_NE(fault_of_sample(sample, header, 0).find("is not a phase that the header lists"),
            std::string::npos);
  for (json& rank : sample["ranks"]) rank.erase("phases_s");
  EXPECT_EQ(fault_of_sample(sample, header, 0), "");
  for (json& rank : sample["ranks"]) {
    rank.erase("wait_s");
    rank.erase("busy_s");
  }
  EXPECT_EQ(fault_of_sample(sample, header, 0), "");
  EXPECT_NE(fault_of_sample(sample, valid_header(), 0), "") << "that header lists phases";
  sample["ranks"][1]["busy_s"] = {0.1};
  EXPECT_NE(fault_of_sample(sample, header, 0).find("the rank has 2 threads"), std::string::npos);
  sample["ranks"][1].erase("busy_s");
  for (json& rank : sample["ranks"]) rank.erase("items");
  EXPECT_NE(fault_of_sample(sample, header, 0).find("`ranks[0].items` is missing"),
            std::string::npos);
  header["work"].erase("items");
  EXPECT_EQ(fault_of_sample(sample, header, 0), "");
  sample["ranks"][0].erase("total_s");
  EXPECT_NE(fault_of_sample(sample, header, 0), "");
}

TEST(RecordRules, LetMeanItemsOfSeveralPassesBeRoundedDown) {
  json header = valid_header(), sample = valid_sample(0);
  sample["ranks"][0]["items"] = 4;
  EXPECT_NE(fault_of_sample(sample, header, 0), "");
  header["batch"] = 3;
  EXPECT_EQ(fault_of_sample(sample, header, 0), "");
  sample["ranks"][0]["items"] = 3;
  EXPECT_NE(fault_of_sample(sample, header, 0), "");
}

TEST(RecordRules, BoundTheDepthBeforeAnythingRecurses) {
  for (const std::size_t depth : {100U, 200'000U}) {
    const std::string deep = std::string(depth, '[') + std::string(depth, ']');
    std::string header = valid_header().dump();
    header.insert(header.size() - 1, ",\"more\":" + deep);
    const Record record = parse_record(header + "\n");
    EXPECT_NE(record.fault.find("nested"), std::string::npos) << record.fault;
  }
  // Brackets in a text are no nesting.
  EXPECT_EQ(fault_with("header", "/isa", std::string(1000, '[') + "\\\""), "");
}

TEST(RecordRules, HoldTheRecordAgainstWhatTheHarnessKnows) {
  const Record record =
      parse_record(record_text({valid_header(), valid_sample(0), valid_sample(1), valid_end(2)}));
  EXPECT_EQ(fault_of_claims(record, {.samples = 2, .wall_s = 1.0}), "");
  EXPECT_EQ(fault_of_claims(record, {}), "");
  EXPECT_NE(fault_of_claims(record, {.samples = 5, .wall_s = 0}).find("2 timed samples, not the 5"),
            std::string::npos);
  EXPECT_NE(fault_of_claims(record, {.samples = 0, .wall_s = 0.5}).find("longer than the launch"),
            std::string::npos);
  Record batched = record;
  batched.header["batch"] = 10;  // a total is of one pass
  EXPECT_EQ(fault_of_claims(batched, {.samples = 0, .wall_s = 10}), "");
  EXPECT_NE(fault_of_claims(batched, {.samples = 0, .wall_s = 1}), "");
  Record absurd = record;
  absurd.samples[0].total_s = 1e300;
  EXPECT_NE(fault_of_claims(absurd, {.samples = 2, .wall_s = 1e6}), "");
}

/// Changes values, types, keys and depths of a record at random.
class Mutation {
 public:
  explicit Mutation(std::uint32_t seed) : random_(seed) {}

  void apply(json& value) {
    json* at = &value;
    while (at->is_structured() && !at->empty() && below(5) != 0) {
      auto child = at->begin();
      std::advance(child, below(at->size()));
      if (at->is_object() && below(20) == 0) {
        at->erase(child);
        return;
      }
      if (below(20) == 0) {
        at->is_object() ? (void)((*at)[name()] = scalar()) : at->push_back(scalar());
        return;
      }
      at = &*child;
    }
    *at = below(8) == 0 ? json{{name(), scalar()}, {name(), json::array({scalar()})}} : scalar();
  }

  std::size_t below(std::size_t n) { return random_() % n; }

 private:
  std::string name() {
    const std::string names[] = {
        "sample", "point", "", "x", std::string("a\0", 2), "é", std::string(300, 'n'), "items"};
    return names[below(std::size(names))];
  }
  json scalar() {
    const json values[] = {nullptr,
                           true,
                           false,
                           0,
                           1,
                           -1,
                           0.5,
                           -0.5,
                           1e300,
                           1e-300,
                           3.0,
                           5,
                           1 << 30,
                           std::numeric_limits<std::int64_t>::min(),
                           std::numeric_limits<std::uint64_t>::max(),
                           "",
                           "0-3",
                           "unknown",
                           "text",
                           std::string("nul\0", 4),
                           std::string(5000, 'l'),
                           json::array(),
                           json::object()};
    return values[below(std::size(values))];
  }

  std::mt19937 random_;
};

/// Takes an accepted record through all that reads its header and samples later.
void use(const Record& record, const std::string& folder, bool write) {
  Results results;
  Point& point = results.points.emplace_back();
  point.kernel = "dot_product";
  point.model = models::hybrid;
  point.placement = {1, 2, 2};
  FactBook facts;
  Outcome outcome;
  outcome.wall_s = 10;
  (void)assess(point, Job{}, outcome, record, facts);
  Launch& launch = results.launches.emplace_back();
  launch.header = record.header;
  results.samples = record.samples;
  add_driver_environment(results);
  (void)tables_of(results);
  if (!write) return;
  write_results(folder + "/r.h5", results);
  EXPECT_EQ(read_results(folder + "/r.h5").samples.size(), record.samples.size());
  Results plan = results;
  plan.launches.clear();
  plan.samples.clear();
  Journal journal = Journal::begin(folder + "/j", plan);
  journal.append(launch, record.samples);
  EXPECT_EQ(read_journal(folder + "/j")->samples.size(), record.samples.size());
  journal.remove();
}

TEST(RecordRules, LetNothingThroughThatBreaksWhatReadsItLater) {
  const TemporaryFolder folder;
  Mutation mutation(5);
  int accepted = 0, refused = 0;
  for (int i = 0; i < 4000; ++i) {
    std::vector<json> lines{valid_header(), valid_sample(0), valid_sample(1), valid_end(2)};
    for (std::size_t n = mutation.below(3) + 1; n > 0; --n) {
      mutation.apply(lines[mutation.below(lines.size())]);
    }
    const std::string text = record_text(lines);
    Record record;
    ASSERT_NO_THROW(record = parse_record(text)) << text;
    if (!record.fault.empty()) ++refused;
    if (record.fault.empty()) ++accepted;
    // A launch keeps the header and the whole samples of a record that ends early.
    ASSERT_NO_THROW(use(record, folder.path().string(), record.fault.empty() && accepted < 40))
        << text;
  }
  EXPECT_GT(accepted, 100);
  EXPECT_GT(refused, 1500);
}

}  // namespace
}  // namespace scalelaw::harness
