#include "harness/commands/progress_line.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>

#include "common/standard_streams.hpp"

namespace scalelaw::harness {
namespace {

std::string time_text(double seconds) {
  if (!std::isfinite(seconds)) return "time left unknown";
  if (seconds < 90) return fmt::format("{:.0f} s left", seconds);
  if (seconds < 90 * 60) return fmt::format("{:.0f} min left", seconds / 60);
  return fmt::format("{:.1f} h left", seconds / 3600);
}

std::size_t columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string progress_text(const Progress& progress) {
  std::string now = "checking whether the cores are free";
  if (progress.pause_s > 0) {
    now = fmt::format("waiting {:.0f} s: launches fail for reasons outside the driver",
                      progress.pause_s);
  }
  if (progress.now != nullptr) {
    const Point& point = *progress.now;
    now = fmt::format("{} {} {}x{}x{} {}", point.kernel, point.model.name, point.placement.nodes,
                      point.placement.ranks_per_node, point.placement.threads,
                      to_string(point.scaling));
  }
  return fmt::format("{}/{} points, {}, {}", progress.points_done, progress.points, now,
                     time_text(progress.remaining_s));
}

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (shown_) print_error("\r\033[K");
}

void ProgressLine::show(const Progress& progress) {
  if (!terminal_) return;
  shown_ = true;
  const std::string text = progress_text(progress);
  print_error("\r\033[K" + text.substr(0, columns() - 1));
}

}  // namespace scalelaw::harness
