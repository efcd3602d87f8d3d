#include "harness/statistics/bimodality.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <vector>

#include "common/error.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {
namespace {

/// A sorted sample as its empirical distribution function, in counts: i just before x[i], and i + 1
/// from x[i] on.
using Values = std::vector<double>;

struct Corner {
  double x = 0;
  double height = 0;
};
using Hull = std::vector<Corner>;

/// Adds a corner to the greatest convex minorant (`sign` 1) or least concave majorant (`sign` -1).
void extend(Hull& hull, Corner next, double sign) {
  while (hull.size() >= 2) {
    const Corner &a = hull[hull.size() - 2], &b = hull.back();
    const double turn =
        (b.x - a.x) * (next.height - a.height) - (next.x - a.x) * (b.height - a.height);
    if (sign * turn > 0) break;
    hull.pop_back();
  }
  hull.push_back(next);
}

/// The convex minorant of the function on [x[low], x[high]]: it touches just before the steps.
Hull minorant(const Values& x, std::size_t low, std::size_t high) {
  Hull hull;
  for (std::size_t i = low; i <= high; ++i) {
    if (i > low && x[i] == x[i - 1]) continue;
    extend(hull, {x[i], static_cast<double>(i)}, 1);
  }
  return hull;
}

/// Likewise the concave majorant, which touches just after the steps.
Hull majorant(const Values& x, std::size_t low, std::size_t high) {
  Hull hull;
  for (std::size_t i = low; i <= high; ++i) {
    if (i < high && x[i] == x[i + 1]) continue;
    extend(hull, {x[i], static_cast<double>(i + 1)}, -1);
  }
  return hull;
}

double height_at(const Hull& hull, double x) {
  const auto right = std::lower_bound(
      hull.begin(), hull.end(), x, [](const Corner& corner, double at) { return corner.x < at; });
  if (right == hull.end()) return hull.back().height;
  if (right == hull.begin() || right->x == x) return right->height;
  const Corner &a = *(right - 1), &b = *right;
  return a.height + (b.height - a.height) * (x - a.x) / (b.x - a.x);
}

/// Where the majorant is farthest above the minorant, and the modal interval that this implies.
struct Widest {
  double distance = 0;
  double mode_low = 0, mode_high = 0;
};

Widest widest(const Hull& below, const Hull& above) {
  Widest found;
  for (const Corner& corner : below) {
    const double distance = height_at(above, corner.x) - corner.height;
    if (distance <= found.distance) continue;
    const auto high = std::find_if(above.begin(), above.end(),
                                   [&](const Corner& other) { return other.x >= corner.x; });
    found = {distance, corner.x, high == above.end() ? above.back().x : high->x};
  }
  for (const Corner& corner : above) {
    const double distance = corner.height - height_at(below, corner.x);
    if (distance <= found.distance) continue;
    const auto low = std::find_if(below.rbegin(), below.rend(),
                                  [&](const Corner& other) { return other.x <= corner.x; });
    found = {distance, low == below.rend() ? below.front().x : low->x, corner.x};
  }
  return found;
}

double dip_of_sorted(const Values& x) {
  double dip = 1;  // in counts, and of twice the distance
  std::size_t low = 0, high = x.size() - 1;
  while (x[low] < x[high]) {
    const Hull below = minorant(x, low, high), above = majorant(x, low, high);
    const Widest found = widest(below, above);
    if (found.distance <= dip) break;
    const auto begin = x.begin() + static_cast<std::ptrdiff_t>(low);
    const auto end = x.begin() + static_cast<std::ptrdiff_t>(high) + 1;
    const auto new_low =
        static_cast<std::size_t>(std::lower_bound(begin, end, found.mode_low) - x.begin());
    const auto new_high =
        static_cast<std::size_t>(std::upper_bound(begin, end, found.mode_high) - x.begin()) - 1;
    for (std::size_t i = low; i <= new_low; ++i) {
      dip = std::max(dip, static_cast<double>(i + 1) - height_at(below, x[i]));
    }
    for (std::size_t i = new_high; i <= high; ++i) {
      dip = std::max(dip, height_at(above, x[i]) - static_cast<double>(i));
    }
    if (new_low == low && new_high == high) break;
    low = new_low;
    high = new_high;
  }
  return dip / 2 / static_cast<double>(x.size());
}

/// The split of a sorted sample in two groups with the largest variance between them.
TwoCentres best_split(const Values& x) {
  TwoCentres best;
  double most = -1, left = 0, total = 0;
  for (const double value : x) total += value;
  for (std::size_t i = 1; i < x.size(); ++i) {
    left += x[i - 1];
    const auto below = static_cast<double>(i), above = static_cast<double>(x.size() - i);
    const double gap = (total - left) / above - left / below;
    if (below * above * gap * gap <= most) continue;
    most = below * above * gap * gap;
    best = {left / below, (total - left) / above, 1};
  }
  return best;
}

constexpr std::size_t simulations = 2000;

/// The sorted dips of many uniform samples of `n` values.  They are cached, because one n is needed
/// often.
const Values& uniform_dips(std::int64_t n) {
  thread_local std::map<std::int64_t, Values> known;
  Values& dips = known[n];
  if (!dips.empty()) return dips;
  std::mt19937_64 random(static_cast<std::uint64_t>(n));
  Values x(static_cast<std::size_t>(n));
  while (dips.size() < simulations) {
    for (double& value : x) value = static_cast<double>(random() >> 11);
    std::sort(x.begin(), x.end());
    dips.push_back(dip_of_sorted(x));
  }
  std::sort(dips.begin(), dips.end());
  return dips;
}

}  // namespace

double dip(std::span<const double> values) {
  if (values.empty()) throw Error("the dip of no values was asked for");
  Values x(values.begin(), values.end());
  std::sort(x.begin(), x.end());
  return dip_of_sorted(x);
}

double dip_p_value(double dip, std::int64_t n) {
  // From here on sqrt(n) * dip hardly depends on n (Hartigan & Hartigan, Annals of Statistics 13,
  // 1985, section 5), and to simulate more values would take minutes.
  constexpr std::int64_t most_simulated = 1000;
  if (n > most_simulated) {
    dip *= std::sqrt(static_cast<double>(n) / most_simulated);
    n = most_simulated;
  }
  const Values& dips = uniform_dips(n);
  const auto as_large = dips.end() - std::lower_bound(dips.begin(), dips.end(), dip);
  return static_cast<double>(as_large + 1) / static_cast<double>(dips.size() + 1);
}

std::optional<TwoCentres> find_two_centres(std::span<const double> values, double least_gap,
                                           double level) {
  if (values.size() < 4) return std::nullopt;
  Values x(values.begin(), values.end());
  std::sort(x.begin(), x.end());
  TwoCentres split = best_split(x);
  if (split.high - split.low <= least_gap * median(x)) return std::nullopt;
  split.p_value = dip_p_value(dip_of_sorted(x), static_cast<std::int64_t>(x.size()));
  if (split.p_value > level) return std::nullopt;
  return split;
}

}  // namespace scalelaw::harness
