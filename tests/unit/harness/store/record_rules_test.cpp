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

struct Wrong {
  const char* line;
  const char* pointer;
  json value;
  const char* says;
};

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

TEST(RecordRules, NameTheFieldAndTheValueOfAWrongType) {
  for (const Wrong& wrong : {
           Wrong{"header", "/timer", nullptr, "header: `timer` must be an object, not null"},
           Wrong{"header", "/batch", "x", "`batch` must be a whole number of 64 bits, not \"x\""},
           Wrong{"header", "/batch", 1.5, "`batch` must be a whole number of 64 bits, not 1.5"},
           Wrong{"header", "/implementation", nullptr, "`implementation` must be a text, not null"},
           Wrong{"header", "/params", json::array(), "`params` must be an object, not a list"},
           Wrong{"header", "/timer/span", 1, "`timer.span` must be a text, not 1"},
           Wrong{"header", "/timer/span", "launch",
                 "`timer.span` must be one of pass, process, own, not \"launch\""},
           Wrong{"header", "/timer/resolution_s", "1", "`timer.resolution_s` must be a number"},
           Wrong{"header", "/ranks", 3, "`ranks` must be a list, not 3"},
           Wrong{"header", "/ranks/1", nullptr, "`ranks[1]` must be an object, not null"},
           Wrong{"header", "/ranks/0/threads/1", nullptr,
                 "`ranks[0].threads[1]` must be an object"},
           Wrong{"header", "/ranks/0/threads/1/cpus", 5,
                 "`ranks[0].threads[1].cpus` must be a text"},
           Wrong{"header", "/work/items", "many", "`work.items` must be a whole number"},
           Wrong{"header", "/work/communication", 3, "`work.communication` must be a list, not 3"},
           Wrong{"header", "/work/communication", json::array({1}),
                 "`work.communication[0]` must be an object, not 1"},
           Wrong{"header", "/work/communication", json::array({{{"phase", "combine"}}}),
                 "`work.communication[0].operation`"},
           Wrong{"header", "/tuning", "table", "`tuning` must be an object, not \"table\""},
           Wrong{"header", "/tuning/prefetch_bytes", "far",
                 "`tuning.prefetch_bytes` must be a whole number"},
           Wrong{"header", "/tuning/source", 3, "`tuning.source` must be a text, not 3"},
           Wrong{"header", "/build/flags", 3, "`build.flags` must be a text, not 3"},
           Wrong{"header", "/mpi", 3, "`mpi` must be an object, not 3"},
           Wrong{"header", "/options", 3, "`options` must be an object, not 3"},
           Wrong{"header", "/phases", json::object(), "`phases` must be a list, not an object"},
           Wrong{"header", "/phases/0", "prepare", "`phases[0]` must be an object, not \"prepare"},
           Wrong{"header", "/phases/0/role", 1, "`phases[0].role` must be a text, not 1"},
           Wrong{"header", "/seed", std::numeric_limits<std::uint64_t>::max(), "`seed` must be"},
           Wrong{"sample", "/total_s", nullptr, "sample 1: `total_s` must be a number, not null"},
           Wrong{"sample", "/ranks/1/cycles", "many", "`ranks[1].cycles` must be a number"},
           Wrong{"sample", "/ranks/1/steal_s", -0.1, "`ranks[1].steal_s` must be at least 0"},
           Wrong{"header", "/observed", {{"steal", 1}}, "`observed.steal` must be a text, not 1"},
           Wrong{"header", "/unobserved", 1, "`unobserved` must be an object, not 1"},
           Wrong{"sample", "/diagnostic", 0, "`diagnostic` must be true or false, not 0"},
           Wrong{"sample", "/facts/sum", 3, "`facts.sum` must be a text, not 3"},
           Wrong{"sample", "/ranks/1", 3, "`ranks[1]` must be an object, not 3"},
           Wrong{"sample", "/ranks/1/busy_s/0", nullptr, "`ranks[1].busy_s[0]` must be a number"},
           Wrong{"sample", "/ranks/1/phases_s", 3, "`ranks[1].phases_s` must be an object, not 3"},
           Wrong{"sample", "/ranks/1/phases_s/combine", "x",
                 "`ranks[1].phases_s.combine` must be a number, not \"x\""},
           Wrong{"sample", "/ranks/1/items", 2.5, "`ranks[1].items` must be a whole number"},
           Wrong{"sample", "/stages/0", "read", "`stages[0]` must be an object, not \"read\""},
           Wrong{"sample", "/fault", nullptr, "`fault` must be a text, not null"},
           Wrong{"end", "/samples", "2", "end: `samples` must be a whole number"},
           Wrong{"end", "/verified", nullptr, "end: `verified` must be true or false, not null"},
       }) {
    const std::string fault = fault_with(wrong.line, wrong.pointer, wrong.value);
    EXPECT_NE(fault.find(wrong.says), std::string::npos) << wrong.pointer << ": " << fault;
  }
}

TEST(RecordRules, RefuseValuesThatMakeNoSense) {
  for (const Wrong& wrong : {
           Wrong{"header", "/schema", 1,
                 "`schema` is 1, and this harness reads 2: use a driver and a harness of one"},
           Wrong{"header", "/options/schedule", json::object(),
                 "`options.schedule` must be a text, a number or true or false, not an object"},
           Wrong{"header", "/phases/1/name", "prepare", "`phases[1].name` is that of another"},
           Wrong{"header", "/work/communication",
                 json::array({{{"phase", "combine"}, {"operation", "tell"}}}),
                 "`work.communication[0].operation` must be one of barrier, allreduce"},
           Wrong{"header", "/work/communication",
                 json::array({{{"phase", "p"}, {"operation", "gather"}, {"rank_bytes", -1}}}),
                 "`work.communication[0].rank_bytes` must not be negative"},
           Wrong{"header", "/work/communication",
                 json::array({{{"phase", "p"}, {"operation", "gather"}, {"count", 0}}}),
                 "`work.communication[0].count` must be at least 1"},
           Wrong{"header", "/work/communication",
                 json::array({{{"phase", "p"},
                               {"operation", "reduce"},
                               {"shared_fact", "bytes"},
                               {"fact_between_hosts", true}}}),
                 "`work.communication[0].fact_between_hosts` is only for a gather"},
           Wrong{"header", "/phases/1/name", "", "`phases[1]"},
           Wrong{"header", "/phases/1/role", "idle",
                 "`phases[1].role` must be one of serial, parallel, transfer, not \"idle\""},
           Wrong{"header", "/batch", 0, "`batch` must be at least 1, not 0"},
           Wrong{"header", "/warmups", -1, "`warmups` must be at least 0, not -1"},
           Wrong{"header", "/timer/resolution_s", -1.0, "`timer.resolution_s` must be a duration"},
           Wrong{"header", "/placement/ranks", 4, "`placement.ranks` is 4, but the header lists 2"},
           Wrong{"header", "/placement/threads", 1, "`placement.threads` is 1, but the header"},
           Wrong{"header", "/placement/nodes", 2, "`placement.nodes` is 2, but the header lists 1"},
           Wrong{"header", "/ranks/1/rank", 0, "`ranks[1].rank` must be 1, not 0"},
           Wrong{"header", "/ranks/1/host", "", "`ranks[1].host` must not be empty"},
           Wrong{"header", "/ranks/0/threads", json::array(),
                 "`ranks[0].threads` must not be empty"},
           Wrong{"header", "/ranks/0/threads/0/cpus", "0-x", "must be a CPU list like 0-3,8"},
           Wrong{"header", "/ranks/0/threads/0/cpus", "0-2000000000", "must be a CPU list"},
           Wrong{"header", "/ranks/1/steal_cpus", "all",
                 "`ranks[1].steal_cpus` must be a CPU list like 0-3,8"},
           Wrong{"header", "/params/", 1, "is not a name"},
           Wrong{"header", "/params/point", 1, "`params.point` has the name of a column"},
           Wrong{"header", "/tuning/prefetch_bytes", -1,
                 "`tuning.prefetch_bytes` must be at least 0, not -1"},
           Wrong{"header", "/tuning/places", 0, "`tuning.places` must be at least 1, not 0"},
           Wrong{"header", "/work/operations", -5, "`work.operations` must not be negative"},
           Wrong{"sample", "/index", 5, "sample 1: `index` is 5, where sample 1 belongs"},
           Wrong{"sample", "/total_s", -0.5, "`total_s` must be a duration, not -0.5 s"},
           Wrong{"sample", "/total_s", 0, "`total_s` must not be 0"},
           Wrong{"sample", "/ranks/1/phases_s/prepare", -1e-9,
                 "`ranks[1].phases_s.prepare` must be a duration"},
           Wrong{"sample", "/ranks/0/phases_s/compute", 50.0,
                 "`ranks[0].phases_s.compute` is 50 s, longer than the total of 0.5"},
           Wrong{"sample",
                 "/ranks/0/phases_s",
                 {{"prepare", 0.1}, {"compute", 0.1}},
                 "`ranks[0].phases_s.combine` is missing"},
           Wrong{"sample", "/ranks/0/phases_s/finish", 0.1,
                 "`ranks[0].phases_s.\"finish\"` is not a phase that the header lists"},
           Wrong{"sample", "/ranks/0/total_s", 1.0, "`ranks[0].total_s` is 1 s, longer than the"},
           Wrong{"sample", "/ranks/0/wait_s", 1.0, "`ranks[0].wait_s` is 1 s, longer than"},
           Wrong{"sample", "/ranks/0/busy_s/1", 0.6, "`ranks[0].busy_s[1]` is 0.6 s, longer than"},
           Wrong{"sample", "/ranks/0/busy_s/1", -0.1, "`ranks[0].busy_s[1]` must be a duration"},
           Wrong{"sample", "/ranks/0/busy_s", {0.1}, "has 1 entries, and the rank has 2 threads"},
           Wrong{"sample", "/ranks/0/items", -1, "`ranks[0].items` must be at least 0, not -1"},
           Wrong{"sample", "/ranks/0/items", 4, "9 items together, not the 10 of the work"},
           Wrong{"sample", "/ranks/0/items", 6, "more items than the 10 of the work"},
           Wrong{"sample", "/ranks", json::array(), "`ranks` must not be empty"},
           Wrong{"sample", "/facts/", "1", "is not a name"},
           Wrong{"sample", "/facts/sample", "1", "`facts.sample` has the name of a column"},
           Wrong{"sample", "/fault", "the sum is 2", "`verified` is true, but `fault` is"},
           Wrong{"end", "/samples", 3, "end: `samples` is 3, but the record has 2"},
           Wrong{"end", "/verified", false, "end: `verified` is false, but every sample's is true"},
       }) {
    const std::string fault = fault_with(wrong.line, wrong.pointer, wrong.value);
    EXPECT_NE(fault.find(wrong.says), std::string::npos) << wrong.pointer << ": " << fault;
  }
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
