#include "harness/commands/progress_line.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/standard_streams.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

std::string duration_text(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s", seconds);
  if (seconds < 90 * 60) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string time_left_text(double seconds) {
  if (!std::isfinite(seconds)) return "time left unknown";
  return duration_text(seconds) + " left";
}

std::string skipped_text(std::size_t skipped) {
  return skipped == 0 ? "" : fmt::format(" ({} skipped)", skipped);
}

std::string now_text(const Progress& progress) {
  if (progress.pause_s > 0) {
    return fmt::format("waiting {:.0f} s: launches fail for reasons outside the driver",
                       progress.pause_s);
  }
  if (progress.now == nullptr) return "checking whether the cores are free";
  const Point& point = *progress.now;
  return fmt::format("{} {} {}x{}x{} {}", point.kernel, point.model.name, point.placement.nodes,
                     point.placement.ranks_per_node, point.placement.threads,
                     to_string(point.scaling));
}

ProgressSink stderr_sink() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return {.terminal = isatty(STDERR_FILENO) == 1,
          .columns = known ? size.ws_col : std::size_t{80},
          .print = [](const std::string& text) { print_error(text); }};
}

}  // namespace

std::string progress_text(const Progress& progress) {
  const std::string share = std::isfinite(progress.remaining_s)
                                ? fmt::format("{:.0f} %, ", std::floor(100 * progress.share()))
                                : "";
  const std::string widest =
      std::isnan(progress.widest)
          ? ""
          : fmt::format(", widest interval +-{:.2g} %", 100 * progress.widest);
  return fmt::format("{}{} of {} points done{}, {}, {}{}", share, progress.points_done,
                     progress.points, skipped_text(static_cast<std::size_t>(progress.skipped)),
                     time_left_text(progress.remaining_s), now_text(progress), widest);
}

std::string plan_text(std::size_t points, std::size_t skipped, const TimeRange& time,
                      std::size_t sharing) {
  const std::string least = duration_text(std::max(1.0, time.least_s));
  const std::string most =
      std::isfinite(time.most_s) ? duration_text(std::max(1.0, time.most_s)) : "any time";
  const std::string shared =
      sharing == 0 ? "" : fmt::format(", {} of them in the same launches as another", sharing);
  const std::string known = time.foreign > 0 ? "at least " + least
                            : least == most  ? "about " + most
                                             : least + " to " + most;
  return fmt::format(
      "{} point{} to measure{}{}: {}, estimated from the plan{}{}", points, points == 1 ? "" : "s",
      shared, skipped_text(skipped), known,
      time.foreign > 0 ? "; how long other programs run shows with their first launches" : "",
      time.gated ? "; longer if the machine is busy" : "");
}

std::string plan_text(const std::vector<Point>& points, const Measuring& measuring,
                      bool real_time) {
  const auto in = [&](State state) {
    return static_cast<std::size_t>(std::count_if(
        points.begin(), points.end(), [&](const Point& point) { return point.state == state; }));
  };
  const auto sharing = static_cast<std::size_t>(
      std::ranges::count_if(points, [](const Point& point) { return point.shares >= 0; }));
  return plan_text(in(State::pending), in(State::skipped),
                   planned_time(points, measuring, real_time), sharing);
}

std::string budget_doubt(const TimeRange& time, const Measuring& measuring) {
  if (time.floor_s <= measuring.campaign_budget_s) return {};
  return fmt::format(
      "budget_s = {:g} of the campaign does not hold the {} of each point that are made in any "
      "case: "
      "they take about {}",
      measuring.campaign_budget_s,
      counted(static_cast<std::size_t>(measuring.launches_min), "launch"),
      duration_text(std::max(1.0, time.floor_s)));
}

ProgressLine::ProgressLine() : ProgressLine(stderr_sink()) {}

ProgressLine::ProgressLine(ProgressSink sink) : sink_(std::move(sink)) {}

ProgressLine::~ProgressLine() {
  if (shown_) sink_.print("\r\033[K");
}

void ProgressLine::show(const Progress& progress) {
  if (!sink_.terminal) return log(progress);
  shown_ = true;
  sink_.print("\r\033[K" + progress_text(progress).substr(0, sink_.columns - 1));
}

void ProgressLine::log(const Progress& progress) {
  constexpr double always_s = 30;
  constexpr double never_s = 5;
  constexpr double step = 0.05;
  const double since_s = progress.elapsed_s - logged_s_;
  if (since_s < never_s) return;
  if (since_s < always_s && progress.share() < logged_share_ + step) return;
  logged_s_ = progress.elapsed_s;
  logged_share_ = progress.share();
  sink_.print(progress_text(progress) + "\n");
}

}  // namespace scalelaw::harness
