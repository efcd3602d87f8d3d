#include "harness/store/results_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/error.hpp"
#include "harness/results/phases.hpp"
#include "harness/store/hdf5_file.hpp"
#include "harness/store/journal.hpp"
#include "support/message.hpp"
#include "support/source_folder.hpp"
#include "support/synthetic_results.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

TEST(ResultsFile, GivesBackWhatWasWritten) {
  const TemporaryFolder folder;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Results results = SyntheticResults(seed).make();
    write_results(folder / "r.h5", results);
    ASSERT_EQ(everything(read_results(folder / "r.h5")), everything(results)) << "seed " << seed;
  }
}

/// What a driver printed may be in any encoding.
TEST(ResultsFile, HoldsTextThatIsNotUtf8AsTheJournalDoes) {
  const TemporaryFolder folder;
  Results results;
  results.points.emplace_back().reason = "gr\xfcn";
  results.launches.emplace_back().log_tail = std::string("gr\xfcn\0.ppm", 9);
  results.environment["env.LANG"] = "\xff";
  write_results(folder / "r.h5", results);
  const Results back = read_results(folder / "r.h5");
  EXPECT_EQ(back.points[0].reason, "gr\\xfcn");
  EXPECT_EQ(back.launches[0].log_tail, "gr\\xfcn .ppm");
  EXPECT_EQ(back.environment.at("env.LANG"), "\\xff");
  Results plan;
  plan.points.emplace_back();
  {
    Journal journal = Journal::begin(folder / "j", plan);
    journal.append(results.launches[0], {});
  }
  EXPECT_EQ(read_journal(folder / "j")->launches[0].log_tail, std::string("gr\\xfcn\0.ppm", 12));
}

TEST(ResultsFile, NoticesWhenWhatItGivesBackDiffers) {
  const TemporaryFolder folder;
  Results results = SyntheticResults(3).make();
  write_results(folder / "r.h5", results);
  results.seed += 1;
  EXPECT_NE(everything(read_results(folder / "r.h5")), everything(results));
}

TEST(ResultsFile, HoldsLargeTables) {
  const TemporaryFolder folder;
  Results results;
  results.points.emplace_back().kernel = "dot_product";
  results.launches.emplace_back();
  for (std::int64_t i = 0; i < 3000; ++i) {
    Sample& sample = results.samples.emplace_back();
    sample.index = i;
    sample.total_s = static_cast<double>(i);
    for (std::int64_t rank = 0; rank < 8; ++rank) {
      sample.ranks.emplace_back().rank = rank;
      sample.ranks.back().busy_s = {1.0 / static_cast<double>(i + 1)};
    }
  }
  write_results(folder / "r.h5", results);
  EXPECT_EQ(everything(read_results(folder / "r.h5")), everything(results));
  EXPECT_LT(fs::file_size(folder / "r.h5"), 1U << 20) << "its numbers are not compressed";
}

/// Launches may tell more facts than a table has room for.
TEST(ResultsFile, IsWrittenHoweverManyNamesOfFactsThereAre) {
  const TemporaryFolder folder;
  Results results;
  results.points.emplace_back().kernel = "dot_product";
  for (std::int64_t i = 0; i < 2000; ++i) {
    results.launches.emplace_back();
    Sample& sample = results.samples.emplace_back();
    sample.launch = i;
    sample.facts[fmt::format("{:0>120}", i)] = "1";
  }
  write_results(folder / "r.h5", results);
  EXPECT_EQ(everything(read_results(folder / "r.h5")), everything(results));
}

TEST(ResultsFile, IsReplacedAsAWholeOrNotAtAll) {
  const TemporaryFolder folder;
  Results results = SyntheticResults(1).make();
  write_results(folder / "r.h5", results);
  results.name = "second";
  write_results(folder / "r.h5", results);
  EXPECT_EQ(read_results(folder / "r.h5").name, "second");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1)
      << "temporary files are left behind";
}

TEST(ResultsFile, LeavesNothingBehindWhenItCannotBeWritten) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "r.h5/in-the-way");
  EXPECT_THROW(write_results(folder / "r.h5", Results{}), Error);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
  EXPECT_THROW(write_results(folder / "none/r.h5", Results{}), Error);
}

TEST(ResultsFile, RefusesWhatIsNoResultsFile) {
  const TemporaryFolder folder;
  EXPECT_NE(message_of([&] { read_results(folder / "none.h5"); }).find("no results file"),
            std::string::npos);
  std::ofstream(folder / "text.h5") << "not HDF5 at all";
  EXPECT_NE(message_of([&] { read_results(folder / "text.h5"); }).find("not an HDF5 file"),
            std::string::npos);
  std::ofstream(folder / "empty.h5").close();
  EXPECT_NE(message_of([&] { read_results(folder / "empty.h5"); }).find("not an HDF5 file"),
            std::string::npos);
  {
    Hdf5File other = Hdf5File::create(folder / "other.h5");
    other.write_attribute("/", "title", std::string("something else"));
    other.close();
  }
  EXPECT_NE(
      message_of([&] { read_results(folder / "other.h5"); }).find("not a results file of scalelaw"),
      std::string::npos);
}

/// HDF5 itself loses some writes that fail, without a word.
TEST(ResultsFile, IsWrittenByClosingAlone) {
  const TemporaryFolder folder;
  Hdf5File file = Hdf5File::create(folder / "none/r.h5");
  const std::string text(std::size_t{1} << 20, 'x');
  file.write_text("/text", text);
  EXPECT_TRUE(fs::is_empty(folder.path()));
  EXPECT_NE(message_of([&] { file.close(); }).find("No such file or directory"), std::string::npos);
  Hdf5File other = Hdf5File::create(folder / "r.h5");
  other.write_text("/text", text);
  other.close();
  EXPECT_EQ(Hdf5File::open(folder / "r.h5").read_text("/text"), text);
}

TEST(ResultsFile, RefusesATruncatedFileWhereverItIsCut) {
  const TemporaryFolder folder;
  SyntheticResults synthetic(5);
  write_results(folder / "r.h5", synthetic.make());
  const auto size = static_cast<std::int64_t>(fs::file_size(folder / "r.h5"));
  for (int i = 0; i < 20; ++i) {
    const std::int64_t keep = synthetic.whole(0, size - 1);
    fs::copy_file(folder / "r.h5", folder / "cut.h5", fs::copy_options::overwrite_existing);
    fs::resize_file(folder / "cut.h5", static_cast<std::uintmax_t>(keep));
    EXPECT_NE(message_of([&] { read_results(folder / "cut.h5"); }), "no error") << keep << " bytes";
  }
}

TEST(ResultsFile, RefusesANewerSchemaByName) {
  const TemporaryFolder folder;
  {
    Hdf5File file = Hdf5File::create(folder / "new.h5");
    file.write_attribute("/", "format", std::string("scalelaw results"));
    file.write_attribute("/", "schema", std::int64_t{results_schema + 1});
    file.close();
  }
  const std::string message = message_of([&] { read_results(folder / "new.h5"); });
  EXPECT_NE(message.find(fmt::format("has schema {}", results_schema + 1)), std::string::npos)
      << message;
}

TEST(ResultsFile, ReadsTheFirstSchemaWithDefaultsForWhatItLacks) {
  const Results results = read_results(source_folder() + "/tests/data/schema_1.h5");
  ASSERT_EQ(results.schema, 1);
  ASSERT_FALSE(results.points.empty());
  for (const Point& point : results.points) EXPECT_EQ(point.clock, TimeSource::measured);
  for (const Launch& launch : results.launches) {
    EXPECT_EQ(launch.cause, Cause::none);
    EXPECT_FALSE(launch.superseded);
  }
}

/// Its phases are columns.
TEST(ResultsFile, KnowsTheRolesOfThePhasesOfTheFirstSchema) {
  const Results results = read_results(source_folder() + "/tests/data/schema_1.h5");
  ASSERT_FALSE(results.samples.empty());
  double parallel_s = 0, total_s = 0;
  for (const Sample& sample : results.samples) {
    ASSERT_EQ(sample.phases.size(), 5U);
    EXPECT_EQ(sample.phases.front().role, Role::transfer);
    EXPECT_EQ(sample.phases.back().role, Role::serial);
    parallel_s += seconds_in(sample.phases, Role::parallel);
    total_s += sample.total_s;
    for (const RankTimes& rank : sample.ranks) {
      ASSERT_EQ(rank.phases.size(), 5U);
      EXPECT_LE(rank.phases[2].seconds, sample.phases[2].seconds * 1.001);
    }
  }
  EXPECT_GT(parallel_s, total_s / 2);
}

TEST(ResultsFile, KeepsThePhasesThatADriverNames) {
  const TemporaryFolder folder;
  Results results;
  results.points.emplace_back();
  results.launches.emplace_back();
  Sample& sample = results.samples.emplace_back();
  for (std::int64_t rank = 0; rank < 2; ++rank) {
    const auto x = static_cast<double>(rank);
    sample.ranks.push_back({.rank = rank,
                            .phases = {{"load", Role::transfer, 3 - x}, {"run", Role::parallel, x}},
                            .total_s = 5,
                            .busy_s = {}});
  }
  results.samples.emplace_back().ranks.emplace_back().total_s = 1;  // a driver that does not tell
  write_results(folder / "r.h5", results);
  const Results back = read_results(folder / "r.h5");
  ASSERT_EQ(back.samples[0].phases.size(), 2U);
  EXPECT_EQ(back.samples[0].phases[0].name, "load");
  EXPECT_EQ(back.samples[0].phases[0].role, Role::transfer);
  EXPECT_EQ(back.samples[0].phases[0].seconds, 3);
  EXPECT_EQ(back.samples[0].phases[1].seconds, 1);
  EXPECT_EQ(back.samples[0].ranks[1].phases[0].seconds, 2);
  EXPECT_TRUE(back.samples[1].phases.empty());
}

TEST(ResultsFile, DoesNotInventAColumnThatEverySchemaHas) {
  const TemporaryFolder folder;
  {
    Hdf5File file = Hdf5File::create(folder / "r.h5");
    file.write_table({"/t", "a table", {{"kept", ColumnType::integer, "1", ""}}},
                     [](const TakeRow& take) { take({std::int64_t{5}}); });
    file.close();
  }
  TableHead head{"/t",
                 "",
                 {{"kept", ColumnType::integer, "1", ""},
                  {"added", ColumnType::text, "text", "", Cell(std::string("none"))}}};
  const Hdf5File file = Hdf5File::open(folder / "r.h5");
  std::vector<Cells> rows;
  const auto take = [&](const Cells& cells) { rows.push_back(cells); };
  file.read_table(head, take);
  EXPECT_EQ(rows, (std::vector<Cells>{{std::int64_t{5}, std::string("none")}}));
  head.columns.push_back({"required", ColumnType::integer, "1", ""});
  EXPECT_NE(message_of([&] { file.read_table(head, take); }).find("no column required"),
            std::string::npos);
}

TEST(ResultsFile, RefusesRowsThatReferToNothing) {
  const TemporaryFolder folder;
  Results results;
  results.points.emplace_back();
  results.launches.emplace_back();
  results.samples.emplace_back();
  write_results(folder / "good.h5", results);
  EXPECT_NO_THROW(read_results(folder / "good.h5"));
  results.launches[0].header = nullptr;
  results.samples[0].launch = 0;
  results.launches.emplace_back().point = 0;
  Results bad = results;
  bad.launches[1].point = 0;
  bad.samples[0].launch = 1;
  write_results(folder / "also-good.h5", bad);
  EXPECT_NO_THROW(read_results(folder / "also-good.h5"));
}

TEST(TablesOf, GivesEachKernelAColumnPerParameterOfItsOwnType) {
  Results results;
  for (const int length : {10, 20}) {
    Point& point = results.points.emplace_back();
    point.kernel = "dot_product";
    point.params = {{"length", length}, {"type", "f64"}};
  }
  results.points.emplace_back().kernel = "prime_sieve";
  results.points.back().params = {{"limit", 100}, {"share", 0.5}, {"wheel", true}};
  Launch& launch = results.launches.emplace_back();
  launch.header = {{"params", {{"length", 10}, {"type", "f64"}, {"seed", 3}}}};
  Launch& other = results.launches.emplace_back();
  other.point = 1;
  other.header = {{"params", {{"length", 20}, {"type", "f64"}, {"seed", 4}}}};
  const auto find = [&](const std::string& path) {
    for (Table& table : tables_of(results)) {
      if (table.head.path == path) return table;
    }
    return Table{};
  };
  const Table dots = find("/parameters/dot_product");
  ASSERT_EQ(dots.head.columns.size(), 4U);
  EXPECT_EQ(dots.head.columns[1].name, "length");
  EXPECT_EQ(dots.head.columns[1].type, ColumnType::integer);
  EXPECT_EQ(dots.rows[1], (std::vector<Cell>{std::int64_t{1}, std::int64_t{20}, std::int64_t{4},
                                             std::string("f64")}));
  const Table sieves = find("/parameters/prime_sieve");
  ASSERT_EQ(sieves.rows.size(), 1U);
  EXPECT_EQ(sieves.rows[0], (std::vector<Cell>{std::int64_t{2}, std::int64_t{100}, 0.5, true}));
  // A point that was skipped has its own parameters, and the defaults of the others.
  results.points.emplace_back(results.points[0]).params = {{"length", 30}};
  results.points[0].params = results.points[1].params = {{"length", 1}, {"type", "f64"}};
  const Table skipped = find("/parameters/dot_product");
  EXPECT_EQ(skipped.head.columns[2].type, ColumnType::integer) << "the seed is whole in every row";
  EXPECT_EQ(std::get<std::int64_t>(skipped.rows.back()[1]), 30);
}

}  // namespace
}  // namespace scalelaw::harness
