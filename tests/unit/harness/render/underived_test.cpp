// A file without derived tables is complete: every command derives what it shows.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "harness/analysis/derive.hpp"
#include "harness/render/advise.hpp"
#include "harness/render/formats.hpp"
#include "harness/render/predict.hpp"
#include "harness/store/hdf5_file.hpp"
#include "harness/store/results_file.hpp"
#include "harness/store/seal.hpp"
#include "support/synthetic.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

Results campaign() {
  SyntheticCampaign out(1, 6, 0.01);
  out.add(0, "k", models::serial, {1, 1, 1}, {.compute_s = 1});
  for (const std::int64_t p : {1, 2, 4, 8}) {
    const double seconds = 0.05 + 0.95 / static_cast<double>(p);
    out.add(1, "k", models::openmp, {1, 1, p}, {.compute_s = seconds});
  }
  derive(out.results());
  return out.results();
}

const std::set<std::string>& derived_tables() {
  static const std::set<std::string> names{"/scaling", "/account", "/fits", "/predictions",
                                           "/findings"};
  return names;
}

/// Writes the results as a program that derives nothing would have: without these tables.
void write_underived(const std::string& path, const Results& results) {
  Hdf5File file = Hdf5File::create(path, seal_bytes);
  file.write_attribute("/", "format", std::string("scalelaw results"));
  file.write_attribute("/", "schema", std::int64_t{results_schema});
  file.write_attribute("/campaign", "name", results.name);
  file.write_attribute("/campaign", "seed", results.seed);
  file.write_attribute("/campaign", "started", results.started);
  file.write_attribute("/campaign", "target_interval", results.target_interval);
  file.write_text("/campaign/config", results.config_text);
  for (const auto& [name, value] : results.environment) {
    file.write_attribute("/environment", name, value);
  }
  for_each_table(results, [&](const TableHead& head, const GiveRows& give) {
    if (!derived_tables().contains(head.path)) file.write_table(head, give);
  });
  file.close();
  write_seal(path);
}

/// The report's JSON.  Rule 4 judges the stored tables, and so counts their ratios.
nlohmann::json without_rules(const Results& results) {
  auto json = nlohmann::json::parse(render(make_report(results), Format::json));
  json.erase("rules");
  return json;
}

TEST(Underived, FilesAreReportedAndPredictedAlike) {
  const TemporaryFolder folder;
  write_results(folder / "whole.h5", campaign());
  write_underived(folder / "bare.h5", campaign());
  const Hdf5File bare_file = Hdf5File::open(folder / "bare.h5");
  for (const std::string& table : derived_tables()) EXPECT_FALSE(bare_file.has_table(table));
  const Results whole = read_results(folder / "whole.h5"), bare = read_results(folder / "bare.h5");
  EXPECT_FALSE(whole.scaling.empty());
  EXPECT_TRUE(bare.scaling.empty());
  EXPECT_EQ(bare.derived_by, "");
  for (const Format format : {Format::table, Format::csv, Format::markdown}) {
    EXPECT_EQ(render(make_report(bare), format, Detail::tables),
              render(make_report(whole), format, Detail::tables));
  }
  EXPECT_EQ(without_rules(bare), without_rules(whole));
  const Question question{.workers = {16}, .laws = {"all"}, .efficiencies = {0.75}};
  EXPECT_EQ(predict_json(bare, question), predict_json(whole, question));
  EXPECT_EQ(as_text(predict_sections(bare, question)), as_text(predict_sections(whole, question)));
  EXPECT_EQ(advise_json(bare, 0), advise_json(whole, 0));
}

}  // namespace
}  // namespace scalelaw::harness
