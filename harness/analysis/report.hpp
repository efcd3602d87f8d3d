#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/allocations.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/names.hpp"
#include "harness/analysis/rules.hpp"
#include "harness/analysis/scaling.hpp"
#include "harness/analysis/stages.hpp"
#include "harness/analysis/variants.hpp"
#include "harness/laws/predictions.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// What a report says about one point of a series, besides its row of /scaling.
struct ReportRow {
  std::int64_t point = 0;  ///< index into Results::points and Report::scaling
  std::optional<PopEfficiency> pop;
  std::optional<Waterfall> waterfall;
  std::optional<Prediction> a_priori, fitted, held_out;  ///< of Amdahl's or Gustafson's law
  std::optional<Prediction> a_priori_messages;  ///< with the time of messages added, as measured
  bool fitted_exactly = false;  ///< as many parameters as worker counts, so the law was not tested
};

struct ReportSeries {
  Series series;
  SeriesLaws laws;
  std::string unit;                     ///< of `rate`, per second: "numbers", "bytes", "pixels"
  std::optional<Baseline> serial, own;  ///< of all its rows
  std::vector<ReportRow> rows;
};

/// The machine's limits at one placement, as the campaign measured them.  There is one for each
/// working set that was read.  The exchanges, which have no size, are in that of the largest.
struct Ceiling {
  Model model;
  TimeSource clock = TimeSource::measured;
  Placement placement;
  std::optional<double> working_set_bytes;        ///< that were read
  std::optional<Estimate> read_bytes_per_s;       ///< by all workers together
  std::optional<Estimate> latency_s;              ///< of a step of a collective (Exchange)
  std::optional<Estimate> bandwidth_bytes_per_s;  ///< through the root
  bool bimodal = false;                           ///< one of its points is unstable
  std::vector<Mark> marks;                        ///< of its points
};

/// What the cores of one placement do in a second, as core_rate measured it in the campaign.
struct CoreRateCeiling {
  Model model;
  Placement placement;
  std::string rate;  ///< a choice of core_rate's option --rate
  Estimate per_s;    ///< of all workers together
  std::vector<Mark> marks;
};

/// A point of ours compared with another implementation of the same work at the same placement.
struct PeerRatio {
  std::int64_t ours = 0, peer = 0;  ///< indices into Results::points
  Ratio ratio;                      ///< our seconds / the peer's
};

/// A block of launches beside other work, which the gate found before them or which took processor
/// time from them.
struct BusyBlock {
  std::int64_t block = 0;
  double free_cores = 0;  ///< what the gate measured; NaN: it was not asked
  /// The largest of these launches' shares of processor time that others took; NaN: unknown.
  double lost_share = Observed::unknown;
  std::int64_t launches = 0;
};

/// Everything that a format may print about a results file.  It points into the Results that it was
/// made from, which must outlive it.
struct Report {
  const Results* results = nullptr;
  std::vector<Summary> summaries;
  // The derived tables of the results file.
  std::vector<ScalingRow> scaling;  ///< one a point, in their order
  std::vector<AccountRow> account;
  std::vector<Fit> fits;
  std::vector<Prediction> predictions;
  std::vector<Finding> findings;
  // Everything else in the report.
  std::vector<ReportSeries> series;  ///< the campaign's own; without ceilings
  std::vector<Ceiling> ceilings;     ///< by model and placement
  std::vector<CoreRateCeiling> core_rates;
  std::vector<PeerRatio> peers;
  std::vector<Variant> variants;
  std::vector<PointStages> stages;
  std::vector<BusyBlock> busy;
  std::vector<AllocationUse> allocations;
  std::vector<RuleVerdict> rules;

  // Of point number `index` in Results::points.
  [[nodiscard]] const Point& point(std::int64_t index) const {
    return results->points[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] const Summary& summary(std::int64_t index) const {
    return summaries[static_cast<std::size_t>(index)];
  }
  /// Its row of /scaling.
  [[nodiscard]] const ScalingRow& numbers(std::int64_t index) const {
    return scaling[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] const ScalingRow& of(const ReportRow& row) const { return numbers(row.point); }
};

/// The limits that findings compare with.
struct FindingLimits {
  double efficiency = 0.75;  ///< below it, workers are said to be wasted; in (0, 1]
  std::size_t most = 8;      ///< of findings in a report
};

/// Makes the report.  Pure: the same results give the same report, to the last digit.
/// With Judged::for_findings, it has no `fits`, no `predictions` and nothing `fitted` in its rows.
/// All else is the same, in half the time.
Report make_report(const Results& results, const FindingLimits& limits = {},
                   Judged judged = Judged::all);

}  // namespace scalelaw::harness
