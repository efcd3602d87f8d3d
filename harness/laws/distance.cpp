#include "harness/laws/distance.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace scalelaw::harness {
namespace {

constexpr std::array table{
    // predictor, scaling, typical, one_in_ten, down, up
    Distance{"combined", Scaling::strong, 0.30, 1.1, 0.8, 1.8},
    Distance{"last_exponent", Scaling::strong, 0.37, 1.4, 1.2, 2.0},
    Distance{"same_efficiency", Scaling::strong, 0.87, 2.0, 0.05, 2.5},
    Distance{"amdahl", Scaling::strong, 0.41, 1.8, 0.8, 2.4},
    Distance{"usl", Scaling::strong, 0.38, 1.2, 1.1, 1.8},
    Distance{"combine_tree", Scaling::strong, 0.40, 1.7, 1.0, 2.4},
    Distance{"interpolated", Scaling::strong, 0.12, 0.52, 0.9, 0.55},
    Distance{"combined", Scaling::weak, 0.05, 0.8, 0.8, 1.7},
    Distance{"last_exponent", Scaling::weak, 0.02, 0.85, 0.8, 1.8},
    Distance{"same_efficiency", Scaling::weak, 0.07, 1.2, 0.7, 1.7},
    Distance{"gustafson", Scaling::weak, 0.10, 1.4, 0.15, 1.8},
    Distance{"combine_tree", Scaling::weak, 0.16, 1.5, 0.3, 2.3},
    Distance{"interpolated", Scaling::weak, 0.01, 0.3, 0.4, 0.35},
};

}  // namespace

double Distance::error(double x, double f) {
  return 1 - std::pow(f, -x);
}

const Distance& distance_of(std::string_view predictor, Scaling scaling) {
  const auto row = [&](std::string_view name) {
    return std::find_if(table.begin(), table.end(), [&](const Distance& d) {
      return d.predictor == name && d.scaling == scaling;
    });
  };
  if (const auto found = row(predictor); found != table.end()) return *found;
  return *row(scaling == Scaling::strong ? "amdahl" : "gustafson");
}

std::optional<Interval> widened(double seconds, const std::optional<Interval>& noise_band_s,
                                const Distance& distance, double f) {
  if (!(f > 1)) return noise_band_s;
  Interval band{.low = seconds * std::pow(f, -distance.down),
                .high = seconds * std::pow(f, distance.up),
                .confidence = 0.95};
  if (noise_band_s) {
    band.low = std::min(band.low, noise_band_s->low);
    band.high = std::max(band.high, noise_band_s->high);
  }
  return band;
}

double turned_up(Scaling scaling) {
  return scaling == Scaling::strong ? 0.42 : 0.39;
}

}  // namespace scalelaw::harness
