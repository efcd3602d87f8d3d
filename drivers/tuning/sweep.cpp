#include "drivers/tuning/sweep.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace scalelaw::driver {
namespace {

constexpr std::array<std::int64_t, 7> distances{0, 128, 256, 512, 1024, 2048, 4096};
constexpr double clearly = 0.97;

std::vector<double> ratios(const std::vector<double>& over, const std::vector<double>& under) {
  std::vector<double> out(over.size());
  std::transform(over.begin(), over.end(), under.begin(), out.begin(), std::divides<>{});
  return out;
}

double median_of(const Tried& tried) {
  return median_interval(tried.seconds).median;
}

std::size_t fastest_of(const std::vector<Tried>& tried) {
  const auto least = std::ranges::min_element(tried, {}, median_of);
  return static_cast<std::size_t>(least - tried.begin());
}

}  // namespace

std::vector<Streaming> candidates_for(StreamLoop loop) {
  std::vector<Streaming> out;
  for (int places = 1; places <= (has_places(loop) ? most_places : 1); ++places) {
    for (const std::int64_t ahead : distances) out.push_back({.ahead = ahead, .places = places});
  }
  return out;
}

std::vector<Tried> sweep(const std::vector<Streaming>& candidates, int rounds,
                         const std::function<double(const Streaming&)>& seconds_of) {
  std::vector<Tried> out;
  for (const Streaming& candidate : candidates) out.push_back({candidate, {}});
  for (std::size_t round = 0; round < static_cast<std::size_t>(rounds); ++round) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      Tried& next = out[(i + round) % out.size()];
      next.seconds.push_back(seconds_of(next.streaming));
    }
  }
  return out;
}

std::vector<Verdict> judge(const std::vector<Tried>& tried) {
  const std::size_t fastest = fastest_of(tried);
  std::vector<Verdict> out;
  for (const Tried& one : tried) {
    const MedianInterval ratio = median_interval(ratios(one.seconds, tried[fastest].seconds));
    out.push_back({one.streaming, median_interval(one.seconds), ratio, ratio.low <= 1});
  }
  std::rotate(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(fastest),
              out.begin() + static_cast<std::ptrdiff_t>(fastest) + 1);
  return out;
}

Streaming clearly_fastest(const std::vector<Tried>& tried, const Streaming& usual) {
  const Tried& fastest = tried[fastest_of(tried)];
  const auto of_usual = std::ranges::find(tried, usual, &Tried::streaming);
  return median_of(fastest) < clearly * median_of(*of_usual) ? fastest.streaming : usual;
}

}  // namespace scalelaw::driver
