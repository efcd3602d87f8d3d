#include "harness/laws/distance.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace scalelaw::harness {
namespace {

constexpr std::array table{
    Distance{.predictor = "combined",
             .scaling = Scaling::strong,
             .typical = 0.30,
             .one_in_ten = 1.1,
             .down = 0.8,
             .up = 1.8},
    Distance{.predictor = "last_exponent",
             .scaling = Scaling::strong,
             .typical = 0.37,
             .one_in_ten = 1.4,
             .down = 1.2,
             .up = 2.0},
    Distance{.predictor = "same_efficiency",
             .scaling = Scaling::strong,
             .typical = 0.87,
             .one_in_ten = 2.0,
             .down = 0.05,
             .up = 2.5},
    Distance{.predictor = "amdahl",
             .scaling = Scaling::strong,
             .typical = 0.41,
             .one_in_ten = 1.8,
             .down = 0.8,
             .up = 2.4},
    Distance{.predictor = "usl",
             .scaling = Scaling::strong,
             .typical = 0.38,
             .one_in_ten = 1.2,
             .down = 1.1,
             .up = 1.8},
    Distance{.predictor = "combine_tree",
             .scaling = Scaling::strong,
             .typical = 0.40,
             .one_in_ten = 1.7,
             .down = 1.0,
             .up = 2.4},
    Distance{.predictor = "interpolated",
             .scaling = Scaling::strong,
             .typical = 0.12,
             .one_in_ten = 0.52,
             .down = 0.9,
             .up = 0.55},
    Distance{.predictor = "combined",
             .scaling = Scaling::weak,
             .typical = 0.05,
             .one_in_ten = 0.8,
             .down = 0.8,
             .up = 1.7},
    Distance{.predictor = "last_exponent",
             .scaling = Scaling::weak,
             .typical = 0.02,
             .one_in_ten = 0.85,
             .down = 0.8,
             .up = 1.8},
    Distance{.predictor = "same_efficiency",
             .scaling = Scaling::weak,
             .typical = 0.07,
             .one_in_ten = 1.2,
             .down = 0.7,
             .up = 1.7},
    Distance{.predictor = "gustafson",
             .scaling = Scaling::weak,
             .typical = 0.10,
             .one_in_ten = 1.4,
             .down = 0.15,
             .up = 1.8},
    Distance{.predictor = "combine_tree",
             .scaling = Scaling::weak,
             .typical = 0.16,
             .one_in_ten = 1.5,
             .down = 0.3,
             .up = 2.3},
    Distance{.predictor = "interpolated",
             .scaling = Scaling::weak,
             .typical = 0.01,
             .one_in_ten = 0.3,
             .down = 0.4,
             .up = 0.35},
};

}  // namespace

double Distance::times(double x, double f) {
  return std::pow(f, x);
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
