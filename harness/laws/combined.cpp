#include "harness/laws/combined.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <map>

namespace scalelaw::harness {
namespace {

constexpr double noise_floor = 0.05;  // of |ln|: closer than this is luck
constexpr double nudge = 0.01;        // of a log time, to see what depends on it

/// ln(predicted/measured) at the last count, predicted from the earlier counts.
std::optional<double> miss_of(const Continuation& continuation,
                              std::span<const TimedCount> counts) {
  if (counts.size() < 3) return std::nullopt;
  const auto earlier = counts.first(counts.size() - 1);
  const TimedCount& before = earlier.back();
  const TimedCount& last = counts.back();
  const LogCurve curve = continuation.through(earlier);
  return before.log_s + curve(last.workers) - curve(before.workers) - last.log_s;
}

std::vector<Combined::Share> shares_of(Scaling scaling, std::span<const TimedCount> counts) {
  std::vector<Combined::Share> out;
  double total = 0;
  for (const Continuation& continuation : continuations(scaling)) {
    const std::optional<double> miss = miss_of(continuation, counts);
    const bool determined = miss || continuation.parameters <= counts.size();
    const double weight =
        determined ? continuation.prior / (std::abs(miss.value_or(0)) + noise_floor) : 0;
    out.push_back({.continuation = &continuation, .weight = weight, .miss = miss});
    total += weight;
  }
  for (Combined::Share& share : out) share.weight /= total;
  return out;
}

/// Interpolates on the straight line through two counts, in logarithms.
double between(const TimedCount& a, const TimedCount& b, double workers) {
  const double way = std::log(workers / a.workers) / std::log(b.workers / a.workers);
  return a.log_s + way * (b.log_s - a.log_s);
}

}  // namespace

Combined::Combined(Scaling scaling, std::span<const Observation> observations) : scaling_(scaling) {
  std::map<double, std::vector<const Observation*>> by_workers;
  for (const Observation& o : observations) by_workers[o.load.workers].push_back(&o);
  for (const auto& [workers, same] : by_workers) {
    const auto n = static_cast<double>(same.size());
    TimedCount count{.workers = workers, .log_s = 0};
    Noise noise;
    bool known = true;
    for (const Observation* o : same) {
      count.log_s += (o->time.centre - std::log(part(o->load))) / n;
      noise.variance += o->time.noise.variance / (n * n);
      noise.freedom += o->time.noise.freedom;
      known = known && o->time.noise.freedom > 0;
    }
    if (!known) noise.freedom = 0;
    counts_.push_back(count);
    noise_.push_back(std::move(noise));
  }
  if (!possible()) return;
  shares_ = shares_of(scaling_, counts_);
  centre_ = mixture(counts_);
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    std::vector<TimedCount> moved = counts_;
    moved[i].log_s += nudge;
    nudged_.push_back(mixture(std::move(moved)));
  }
}

Combined::Mixture Combined::mixture(std::vector<TimedCount> counts) const {
  Mixture out{.counts = std::move(counts), .curves = {}, .weights = {}};
  for (const Share& share : shares_of(scaling_, out.counts)) {
    out.curves.push_back(share.continuation->through(out.counts));
    out.weights.push_back(share.weight);
  }
  return out;
}

double Combined::Mixture::log_s(double workers) const {
  const TimedCount& last = counts.back();
  if (workers <= last.workers) {
    std::size_t i = 1;
    while (i + 1 < counts.size() && counts[i].workers < workers) ++i;
    return between(counts[i - 1], counts[i], workers);
  }
  double out = last.log_s;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    out += weights[i] * (curves[i](workers) - curves[i](last.workers));
  }
  return out;
}

double Combined::part(const Load& load) const {
  return scaling_ == Scaling::weak ? load.work / load.workers : load.work;
}

double Combined::factor(double workers) const {
  double nearest = std::max(workers / largest(), largest() / workers);
  if (workers >= largest()) return nearest;
  for (const TimedCount& count : counts_) {
    nearest = std::min(nearest, std::max(workers / count.workers, count.workers / workers));
  }
  return nearest;
}

const Distance& Combined::distance(double workers) const {
  const bool among = least() <= workers && workers <= largest();
  return distance_of(among ? "interpolated" : "combined", scaling_);
}

double Combined::seconds(const Load& load) const {
  return part(load) * std::exp(centre_.log_s(load.workers));
}

double Combined::seconds(const Continuation& baseline, const Load& load) const {
  const LogCurve curve = baseline.through(counts_);
  return part(load) *
         std::exp(counts_.back().log_s + curve(load.workers) - curve(counts_.back().workers));
}

std::optional<Interval> Combined::noise_band_s(const Load& load, const Noise& measurement) const {
  NoiseModel noise{noise_, {}};
  noise.each.push_back(measurement);
  if (!noise.known()) return std::nullopt;
  const double centre = centre_.log_s(load.workers);
  std::vector<double> sensitivities;
  double variance = measurement.variance;
  for (std::size_t i = 0; i < nudged_.size(); ++i) {
    sensitivities.push_back((nudged_[i].log_s(load.workers) - centre) / nudge);
    variance += sensitivities[i] * sensitivities[i] * noise_[i].variance;
  }
  sensitivities.push_back(1);
  const double freedom = std::clamp(effective_freedom(sensitivities, noise), 1.0, 1e6);
  const boost::math::students_t_distribution<double> law(freedom);
  const double half = boost::math::quantile(law, 0.975) * std::sqrt(variance);
  const double seconds = part(load) * std::exp(centre);
  return Interval{
      .low = seconds * std::exp(-half), .high = seconds * std::exp(half), .confidence = 0.95};
}

Noise Combined::typical_noise() const {
  Noise typical;
  const NoiseModel noise{noise_, {}};
  if (!noise.known()) return typical;
  const auto n = static_cast<double>(noise_.size());
  for (const Noise& each : noise_) typical.variance += each.variance / n;
  const std::vector<double> equal(noise_.size(), 1 / std::sqrt(n));
  typical.freedom = std::min(1e6, effective_freedom(equal, noise));
  return typical;
}

std::optional<Interval> Combined::band_s(const Load& load, const Noise& measurement) const {
  return widened(seconds(load), noise_band_s(load, measurement), distance(load.workers),
                 factor(load.workers));
}

}  // namespace scalelaw::harness
