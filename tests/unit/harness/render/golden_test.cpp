// The whole report of a fixed campaign, as a reader gets it.  Text is held letter by letter,
// numbers of JSON and CSV to nine digits, since C libraries differ in the last ones.  A change that
// is meant: SCALELAW_GOLDEN=write build/ci/bin/harness_render_tests --gtest_filter='Golden*'
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/render/advise.hpp"
#include "harness/render/formats.hpp"
#include "harness/render/predict.hpp"
#include "support/synthetic.hpp"
#include "support/synthetic_results.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// A little of everything: strong and weak series, messages, ceilings, a peer, a busy block, a
/// point that was skipped, one that failed, one with two centres.
Results campaign() {
  SyntheticCampaign out(7, 6, 0.01);
  const auto add_strong = [&](std::int64_t series, Model model, const Placement& placement) {
    const auto p = static_cast<double>(placement.workers());
    out.add(series, "k", model, placement,
            {.prepare_s = 0.02, .compute_s = 0.2 / p, .combine_s = 0.001 * p, .slowest = 1.02});
  };
  add_strong(0, models::serial, {1, 1, 1});
  for (const std::int64_t p : {1, 2, 4, 8}) add_strong(1, models::openmp, {1, 1, p});
  for (const std::int64_t p : {1, 2}) add_strong(2, models::mpi, {1, p, 1});
  for (const std::int64_t p : {1, 2, 4}) {
    Point& point = out.add(3, "m", models::openmp, {1, 1, p},
                           {.compute_s = 0.1 / std::min(static_cast<double>(p), 2.5)}, 1e8);
    point.work["memory_bound"] = true;
    Point& ceiling = out.add(4, "memory_read", models::openmp, {1, 1, p},
                             {.compute_s = 0.09 / std::min(static_cast<double>(p), 2.6)}, 1e8);
    ceiling.experiment = "ceilings";
  }
  for (const std::int64_t p : {1, 2, 4}) {
    out.add(5, "w", models::openmp, {1, 1, p}, {.prepare_s = 0.01, .compute_s = 0.1},
            1e7 * static_cast<double>(p))
        .scaling = Scaling::weak;
  }
  const auto add_exchange = [&](std::int64_t series, const char* operation, std::int64_t bytes,
                                double time) {
    Point& point = out.add(series, "collectives", models::mpi, {1, 2, 1}, {.combine_s = time},
                           static_cast<double>(bytes));
    point.experiment = "ceilings";
    point.params = {{"operation", operation}, {"bytes", bytes}};
  };
  add_exchange(6, "allreduce", 8, 1e-6);
  add_exchange(7, "gather", 8, 1e-6);
  add_exchange(8, "gather", 1 << 20, 1e-4);
  out.add(9, "k", models::openmp, {1, 1, 4}, {.compute_s = 0.08}).implementation = "peer";

  Results& results = out.results();
  Point skipped = results.points.front(), failed = skipped;
  skipped.placement = {1, 1, 16};
  skipped.model = failed.model = models::openmp;
  skipped.series = 1;
  skipped.state = State::skipped;
  skipped.reason = "16 workers on 8 cores: set oversubscribe = true to measure it";
  failed.placement = {1, 1, 3};
  failed.series = 1;
  failed.state = State::crashed;
  failed.reason = "killed by signal 9 (Killed)";
  results.points.push_back(skipped);
  results.points.push_back(failed);
  results.points[2].state = State::unstable;
  results.points[2].reason = "two centres, 100 ms and 120 ms (dip test, p = 0.0005)";
  results.launches[3].busy = true;
  results.launches[3].free_cores = 1.25;
  results.launches[3].lost_share = 0.125;
  for (Sample& sample : results.samples) {
    if (results.launches[static_cast<std::size_t>(sample.launch)].point > 6) continue;
    for (RankTimes& rank : sample.ranks) {
      rank.peak_bytes = (20 + rank.rank) << 20;
      rank.seen = {.steal_s = 0.001,
                   .queued_s = 0.002 * sample.total_s,
                   .involuntary_switches = 0.25,
                   .major_faults = 0,
                   .cycles = 3e9 * sample.total_s,
                   .instructions = 4.5e9 * sample.total_s,
                   .counted_s = sample.total_s,
                   .energy_j = 90 * sample.total_s};
    }
  }
  return results;
}

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// What is expected of `name`, which is `got` when new golden files are asked for.
std::string golden(const std::string& name, const std::string& got) {
  const fs::path path = fs::path(SCALELAW_SOURCE_DIR) / "tests" / "golden" / name;
  if (const char* mode = std::getenv("SCALELAW_GOLDEN"); mode && std::string(mode) == "write") {
    std::ofstream(path, std::ios::binary) << got;
  }
  return slurp(path);
}

bool close(double a, double b) {
  return a == b || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b)) + 1e-15;
}

/// Where two JSON values differ by more than the last digits; empty: nowhere.
std::string difference(const nlohmann::ordered_json& a, const nlohmann::ordered_json& b,
                       const std::string& path = "") {
  if (a.is_number() && b.is_number()) {
    return close(a.get<double>(), b.get<double>()) ? "" : path + ": " + a.dump() + ", " + b.dump();
  }
  if (a.type() != b.type() || a.size() != b.size()) return path + ": " + a.dump() + ", " + b.dump();
  if (!a.is_structured()) return a == b ? "" : path + ": " + a.dump() + ", " + b.dump();
  auto other = b.begin();
  for (auto it = a.begin(); it != a.end(); ++it, ++other) {
    std::string step = path + "/";
    if (a.is_object()) {
      if (it.key() != other.key()) return path + ": key " + it.key() + ", " + other.key();
      step += it.key();
    } else {
      step += std::to_string(it - a.begin());
    }
    if (std::string found = difference(*it, *other, step); !found.empty()) return found;
  }
  return "";
}

/// A CSV text as JSON, numbers as numbers.
nlohmann::ordered_json cells_of(const std::string& csv) {
  auto rows = nlohmann::ordered_json::array();
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    auto row = nlohmann::ordered_json::array();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) {
      char* end = nullptr;
      const double number = std::strtod(cell.c_str(), &end);
      if (!cell.empty() && *end == '\0') {
        row.push_back(number);
      } else {
        row.push_back(cell);
      }
    }
    rows.push_back(row);
  }
  return rows;
}

void expect_same_json(const std::string& name, const std::string& got) {
  const auto expected = nlohmann::ordered_json::parse(golden(name, got));
  EXPECT_EQ(difference(nlohmann::ordered_json::parse(got), expected), "");
}

TEST(Golden, ReportForATerminal) {
  const Results results = campaign();
  const std::string got = render(make_report(results), Format::table);
  EXPECT_EQ(got, golden("report.txt", got));
}

TEST(Golden, ReportAsMarkdown) {
  const Results results = campaign();
  const std::string got = render(make_report(results), Format::markdown);
  EXPECT_EQ(got, golden("report.md", got));
}

TEST(Golden, ReportAsCsv) {
  const Results results = campaign();
  const std::string got = render(make_report(results), Format::csv);
  EXPECT_EQ(difference(cells_of(got), cells_of(golden("report.csv", got))), "");
}

TEST(Golden, ReportAsJson) {
  const Results results = campaign();
  expect_same_json("report.json", render(make_report(results), Format::json));
}

TEST(Golden, PredictionsForATerminal) {
  const std::string got = as_text(predict_sections(
      campaign(), {.workers = {16, 256}, .laws = {"all"}, .efficiencies = {0.75}}));
  EXPECT_EQ(got, golden("predict.txt", got));
}

/// The documents that show no predictions are the same without them.
TEST(ReportForFindings, ShowsTheSame) {
  std::vector<Results> all{campaign()};
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    all.push_back(SyntheticResults(seed).campaign());
  }
  for (const Results& results : all) {
    const Report whole = make_report(results);
    const Report brief = make_report(results, {}, judged_for(Format::table, Detail::tables));
    EXPECT_TRUE(brief.fits.empty());
    for (const Detail detail : {Detail::findings, Detail::tables}) {
      EXPECT_EQ(render(brief, Format::table, detail), render(whole, Format::table, detail));
    }
  }
  const Report whole = make_report(all.front());
  const Report brief = make_report(all.front(), {}, Judged::for_findings);
  for (const Format format : {Format::table, Format::json, Format::csv}) {
    EXPECT_EQ(judged_for(format, Detail::full), Judged::all);
    EXPECT_NE(render(brief, format), render(whole, format));
  }
}

/// The comparison finds a number, a key and a letter that changed.
TEST(GoldenNegativeControl, FindsDifferences) {
  const auto a = nlohmann::ordered_json::parse(R"({"x": [1, {"y": "z"}]})");
  EXPECT_EQ(difference(a, a), "");
  for (const char* other : {R"({"x": [1.00001, {"y": "z"}]})", R"({"x": [1, {"yy": "z"}]})",
                            R"({"x": [1, {"y": "w"}]})", R"({"x": [1]})"}) {
    EXPECT_NE(difference(a, nlohmann::ordered_json::parse(other)), "") << other;
  }
  EXPECT_NE(difference(cells_of("a,1\r\n"), cells_of("a,2\r\n")), "");
}

}  // namespace
}  // namespace scalelaw::harness
