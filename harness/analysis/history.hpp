#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/environment_changes.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// What a history keeps of one point in one campaign.
struct PastTime {
  Point point;
  Bracketed time_s;  ///< the median; unknown where the point has no time
  std::int64_t launches = 0;
  std::vector<Mark> marks;
};

/// What a history keeps of one results file.
struct PastCampaign {
  std::string file;
  std::string name, started;
  std::string first_launch;  ///< when it started
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> explaining;  ///< explaining_entries()
  std::vector<PastTime> times;
  std::vector<double> samples_s;  ///< of all launches in order, to recognise copies

  [[nodiscard]] std::string entry(const std::string& key) const;  ///< "unknown" without one
};

/// The part of a file that a history needs: its points that pass `wanted`, without the machine's
/// ceilings, and without the measured campaign behind a simulated one, which has a file of its own.
PastCampaign past_campaign(const std::string& file, Results results,
                           const std::function<bool(const Point&)>& wanted);

/// A step of a line.
struct LevelStep {
  std::size_t before = 0;  ///< the last campaign before it, and
  std::size_t first = 0;   ///< the first one after it: indices into History::campaigns
  Ratio ratio;             ///< seconds after / seconds before, without the trend
  double p_value = 1;
  std::vector<EnvironmentChange> changed;  ///< between these two campaigns, the rarest first
};

/// A slope of a line that no step explains.  Ratios of seconds.
struct LevelTrend {
  Ratio per_campaign;
  std::optional<Ratio> per_month;  ///< of 30 days; nothing in histories of less than a week
  double p_value = 1;
};

/// A point that gave no time in a campaign.
struct LeftOut {
  std::size_t campaign = 0;
  State state = State::pending;
  std::string reason;
};

/// One point through time.
struct PastLine {
  Point point;  ///< as in its last campaign
  TimeSource clock = TimeSource::measured;
  std::vector<std::size_t> at;           ///< indices into History::campaigns
  std::vector<Bracketed> time_s;         ///< one each
  std::vector<std::vector<Mark>> marks;  ///< one each
  std::vector<double> level_s;           ///< one each: without noise, as steps and trend have it
  std::vector<LevelStep> steps;
  std::optional<LevelTrend> trend;
  /// Robust relative standard deviation between campaigns, beside steps and trend; NaN below three.
  double noise = 0;
  std::vector<LeftOut> left_out;
};

/// A file that the history does not show.
struct OmittedFile {
  std::string file, reason;
};

struct History {
  double false_alarms = 0.01;
  std::size_t fewest = 0;               ///< campaigns in which a step can be told from chance
  std::vector<PastCampaign> campaigns;  ///< in the order of time
  std::vector<PastLine> lines;          ///< in the order of their first appearance
  std::vector<OmittedFile> omitted;

  /// How many times an entry changes from one campaign to the next.
  [[nodiscard]] std::size_t times_changed(const std::string& name) const;
};

/// Lines results up by point and clock, in the order of the campaigns' starts, and finds what
/// changed (find_changes()).  Times of different clocks never share a line.  A campaign that is
/// there twice counts once: the file with more samples.  Points without a time are left out of
/// their line and listed.
/// Errors: throws Error when there is no campaign, when no point is left, and those of
///         find_changes().
History make_history(std::vector<PastCampaign> campaigns, double false_alarms);

}  // namespace scalelaw::harness
