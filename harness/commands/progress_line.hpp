#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "harness/measure/campaign_run.hpp"
#include "harness/measure/time_estimate.hpp"

namespace scalelaw::harness {

/// "31 %, 12 of 64 points done (4 skipped), 3 min left, dot_product openmp 1x1x2 weak,
/// widest interval +-12 %".  The share is that of the time, to which every launch adds.
std::string progress_text(const Progress& progress);

/// "64 points to measure, 16 of them in the same launches as another (4 skipped): 2 to 5 min,
/// estimated from the plan".
std::string plan_text(std::size_t points, std::size_t skipped, const TimeRange& time,
                      std::size_t sharing = 0);
/// The same of a whole plan.
std::string plan_text(const std::vector<Point>& points, const Measuring& measuring, bool real_time);

/// What to know, and how to help it, where the campaign's budget does not hold the launches that each
/// point has whatever the budget.  Nothing where it does.
std::string budget_doubt(const TimeRange& time, const Measuring& measuring);
constexpr const char* budget_remedy =
    "lower launches_min of [measuring], measure fewer models, sizes or peers, or raise budget_s";

/// Where a progress line goes.
struct ProgressSink {
  bool terminal = false;
  std::size_t columns = 80;  ///< of the terminal
  std::function<void(const std::string&)> print;
};

/// A line on stderr that is rewritten as work proceeds.  Where stderr is no terminal, a line of its
/// own every 30 s, or for every 5 % of the campaign's time, but not within 5 s of the last.
class ProgressLine {
 public:
  ProgressLine();  ///< on stderr
  explicit ProgressLine(ProgressSink sink);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const Progress& progress);

 private:
  void log(const Progress& progress);

  ProgressSink sink_;
  bool shown_ = false;
  double logged_s_ = 0;      ///< Progress::elapsed_s of the last line
  double logged_share_ = 0;  ///< and its share
};

}  // namespace scalelaw::harness
