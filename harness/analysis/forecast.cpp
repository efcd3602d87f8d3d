#include "harness/analysis/forecast.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "common/error.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/names.hpp"
#include "harness/laws/reach.hpp"

namespace scalelaw::harness {
namespace {

constexpr double unbounded_look = 1024;  // times the largest p, where too_far does not apply
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The number of workers up to which `efficiency` stays above `level`; infinity when it does so up
/// to `to`.  It starts at `from`, where the efficiency is 1.  `counts`: measured counts, where the
/// curve may have corners.
double stays_above(const std::function<double(double)>& efficiency, double level, double from,
                   double to, const std::set<double>& counts) {
  std::set<double> steps = counts;
  for (double p = from; p < to; p *= std::exp2(1.0 / 16)) steps.insert(p);
  steps.insert(to);
  double above = from;
  for (const double p : steps) {
    if (p <= from || p > to) continue;
    if (efficiency(p) >= level) {
      above = p;
      continue;
    }
    double below = p;
    for (int i = 0; i < 40; ++i) {
      const double middle = std::sqrt(above * below);
      (efficiency(middle) >= level ? above : below) = middle;
    }
    return above;
  }
  return infinity;
}

/// The fitted member with the fewest workers.
const Series::Member& fewest(const Series& series) {
  return *std::find_if(series.members.begin(), series.members.end(),
                       [](const auto& member) { return member.fitted; });
}

std::set<double> measured_counts(const Series& series) {
  std::set<double> out;
  for (const auto& member : series.members) {
    if (member.fitted) out.insert(member.load.workers);
  }
  return out;
}

/// Rounds down to whole workers, except that a value just below a whole number gives that number.
double whole(double workers) {
  return std::isinf(workers) ? workers : std::floor(workers * (1 + 1e-9));
}

/// Widens the interval of an answer among measured counts to the two counts around it, because the
/// curve between them is unknown.
void bracket(EfficientUpTo& answer, const std::set<double>& counts) {
  const auto above = counts.upper_bound(answer.workers);
  if (above == counts.begin() || above == counts.end()) return;
  answer.low = std::min(answer.low, *std::prev(above));
  answer.high = std::max(answer.high, *above);
}

}  // namespace

std::vector<Target> targets_of(const SeriesLaws& laws, const Question& question) {
  std::vector<Target> out;
  for (const std::int64_t p : question.workers) {
    Target target{.workers = p};
    if (laws.combined && laws.combined->possible()) {
      target.factor = static_cast<double>(p) / laws.combined->largest();
      target.refused = target.factor > too_far && !question.far;
    }
    out.push_back(target);
  }
  return out;
}

std::optional<NextMeasurement> next_measurement(const Series& series, const SeriesLaws& laws,
                                                const std::vector<Target>& targets) {
  if (!laws.combined || !laws.combined->possible()) return std::nullopt;
  const auto farthest =
      std::max_element(targets.begin(), targets.end(), [](const Target& a, const Target& b) {
        return (a.refused ? 0 : a.factor) < (b.refused ? 0 : b.factor);
      });
  if (farthest == targets.end() || farthest->refused || farthest->factor <= 1) return std::nullopt;
  const Combined& combined = *laws.combined;
  const Load load = load_of(series, static_cast<double>(farthest->workers));
  const auto noise = combined.noise_band_s(load, combined.typical_noise());
  const double noisy = noise ? std::log(noise->high / combined.seconds(load)) : 0;
  const double up = distance_of(combined_name, series.first->scaling).up;
  const double distant = up * std::log(farthest->factor);
  const double nearer = up * std::log(std::max(1.0, farthest->factor / 2));
  const double with_count = std::max(noisy, nearer);
  const double with_launches = std::max(noisy / std::sqrt(2.0), distant);
  NextMeasurement out{.target = farthest->workers, .times_now = std::exp(std::max(noisy, distant))};
  if (with_launches < with_count) {
    out.times_then = std::exp(with_launches);
  } else {
    out.workers = std::min(farthest->workers, static_cast<std::int64_t>(2 * combined.largest()));
    out.times_then = std::exp(with_count);
  }
  return out;
}

std::optional<EfficientUpTo> efficient_up_to(const Series& series, const SeriesLaws& laws,
                                             double level, bool far) {
  if (!laws.combined || !laws.combined->possible()) return std::nullopt;
  const Combined& combined = *laws.combined;
  const Series::Member& base =
      series.one_worker() != nullptr ? *series.one_worker() : fewest(series);
  const double worker_s = base.median_s * base.load.workers / base.load.work;
  const auto efficiency = [&](double p, double seconds) {
    return worker_s * load_of(series, p).work / (seconds * p);
  };
  // Among measured points the curve has only their noise, and bracket() adds the gaps between them.
  const auto end_of_band = [&](double p, double Interval::*end) {
    const Load load = load_of(series, p);
    const auto band = p <= combined.largest() ? combined.noise_band_s(load, base.time.noise)
                                              : combined.band_s(load, base.time.noise);
    return efficiency(p, band ? (*band).*end : combined.seconds(load));
  };
  const double looked_to =
      combined.largest() * (far ? unbounded_look : static_cast<double>(too_far));
  const auto search = [&](const std::function<double(double)>& at) {
    return whole(stays_above(at, level, base.load.workers, looked_to, measured_counts(series)));
  };
  EfficientUpTo out{.level = level,
                    .workers = search([&](double p) {
                      return efficiency(p, combined.seconds(load_of(series, p)));
                    }),
                    .low = search([&](double p) { return end_of_band(p, &Interval::high); }),
                    .high = search([&](double p) { return end_of_band(p, &Interval::low); }),
                    .looked_to = looked_to,
                    .against = base.load.workers};
  bracket(out, measured_counts(series));
  return out;
}

Foresight foresight_of(const View& view, const SampleIndex& samples) {
  Foresight out;
  out.laws = fit_laws(view.series, samples);
  out.targets = targets_of(out.laws, view.question);
  std::vector<std::int64_t> workers;
  for (const Target& target : out.targets) {
    if (!target.refused) workers.push_back(target.workers);
  }
  out.rows = outlooks(view.series, out.laws, workers, view.question.laws);
  for (const double level : view.question.efficiencies) {
    const auto answer = efficient_up_to(view.series, out.laws, level, view.question.far);
    if (answer) out.efficient.push_back(*answer);
  }
  if (!view.held_out) out.next = next_measurement(view.series, out.laws, out.targets);
  return out;
}

std::string marked_points(const Results& results, const std::vector<Summary>& summaries,
                          const Series& series) {
  std::vector<std::pair<std::string, std::string>> marked;
  for (const Series::Member& member : series.members) {
    const auto index = static_cast<std::size_t>(member.point);
    const std::string marks = marks_text(marks_of(results.points[index], summaries[index]));
    if (!member.fitted || marks.empty()) continue;
    marked.emplace_back(way_label(results.points[index]), marks);
  }
  return marked_list(marked);
}

std::vector<View> views_of(const Results& results, const Question& question) {
  std::vector<View> out;
  for (Series& series : scaling_series(results)) {
    if (question.hold_out == 0) {
      out.push_back({.series = std::move(series), .question = question, .held_out = {}});
      continue;
    }
    Series rest = without_largest(series, question.hold_out);
    const auto largest = std::find_if(series.members.rbegin(), series.members.rend(),
                                      [](const auto& member) { return member.fitted; });
    if (measured_counts(rest).size() < 2) continue;
    View view{.series = std::move(rest), .question = question, .held_out = *largest};
    view.question.workers = {static_cast<std::int64_t>(largest->load.workers)};
    out.push_back(std::move(view));
  }
  return out;
}

namespace {

/// Errors: throws Error when so many points are held out that no series has two worker counts left.
void check_hold_out(const Results& results, std::int64_t count) {
  std::int64_t most = 0;
  for (const Series& series : scaling_series(results)) {
    most = std::max(most, std::ssize(measured_counts(series)));
  }
  if (count == 0 || most == 0 || most - count >= 2) return;
  throw Error(fmt::format("--hold-out {} leaves fewer than two worker counts of every series: the "
                          "longest has {}",
                          count, most),
              most >= 3 ? fmt::format("give at most --hold-out {}", most - 2)
                        : "measure at least three worker counts");
}

}  // namespace

std::vector<std::string> law_words() {
  std::set<std::string> names{"all", std::string(combined_name)};
  const Model ranks{.name = "", .title = "", .ranked = true};
  for (const Law* law : all_laws()) {
    if (law->applies(Scaling::strong, ranks) || law->applies(Scaling::weak, ranks)) {
      names.insert(std::string(law->name));
    }
  }
  return {names.begin(), names.end()};
}

void check_question(const Results& results, const Question& question) {
  check_hold_out(results, question.hold_out);
  const std::vector<std::string> names = law_words();
  for (const std::string& law : question.laws) {
    if (std::ranges::count(names, law) > 0) continue;
    throw Error(fmt::format("there is no law '{}'", law),
                fmt::format("choose from: {}", fmt::join(names, ", ")));
  }
  if (question.workers.empty() || question.far || question.hold_out > 0) return;
  const auto least = *std::min_element(question.workers.begin(), question.workers.end());
  double largest = 0;
  for (const Series& series : scaling_series(results)) {
    for (const auto& member : series.members) {
      if (member.fitted) largest = std::max(largest, member.load.workers);
    }
  }
  if (largest == 0 || static_cast<double>(least) <= too_far * largest) return;
  throw Error(
      fmt::format("{} workers are {:.3g} times the largest measured p={:.0f}: beyond {:.0f} "
                  "times, a prediction may not even have the right order of magnitude",
                  least, static_cast<double>(least) / largest, largest, too_far),
      fmt::format("measure up to p={:.0f} first, or give --far",
                  std::ceil(static_cast<double>(least) / too_far)));
}

}  // namespace scalelaw::harness
