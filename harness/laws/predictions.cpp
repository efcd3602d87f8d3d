#include "harness/laws/predictions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/laws/distance.hpp"

namespace scalelaw::harness {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// A prediction of `member` from predicted seconds, as a scaled speedup against `base_s`.
Prediction judge(const Series& series, std::string_view law, PredictionKind kind,
                 const Series::Member& member, double base_s, double predicted_s,
                 const std::optional<Interval>& band_s) {
  const auto speedup = [&](double time) { return member.load.work * base_s / time; };
  Prediction p;
  p.series = series.id;
  p.law = law;
  p.kind = kind;
  p.point = member.timed ? member.point : -1;
  p.workers = static_cast<std::int64_t>(member.load.workers);
  p.speedup = speedup(predicted_s);
  p.low = band_s ? speedup(band_s->high) : unknown;
  p.high = band_s ? speedup(band_s->low) : unknown;
  p.measured = member.timed ? measured_speedup(base_s, member.median_s, member.load.work) : unknown;
  p.error = (p.speedup - p.measured) / p.measured;
  p.inside = band_s && p.low <= p.measured && p.measured <= p.high;
  return p;
}

/// Sets the seconds that all speedups of this series are relative to: the median of its one worker.
/// Without one, the time of one worker by the first law that can be fitted.  Without such a law,
/// the time of the fewest workers, scaled to one worker as if they lost nothing.
void set_base(const Series& series, SeriesLaws& out) {
  out.base_s = unknown;
  if (const auto* one = series.one_worker()) {
    out.base_s = one->median_s;
    return;
  }
  for (const LawFit& fit : out.fits) {
    if (!fit.identifiable()) continue;
    out.base_s = fit.seconds({});
    out.base_by = "by " + std::string(fit.law().title);
    return;
  }
  for (const auto& member : series.members) {
    if (!member.fitted) continue;
    out.base_s = member.median_s * member.load.workers / member.load.work;
    out.base_by = "as if the fewest workers lost nothing";
    return;
  }
}

double largest_of(std::span<const Observation> observations) {
  double largest = 0;
  for (const Observation& o : observations) largest = std::max(largest, o.load.workers);
  return largest;
}

/// How far `workers` lies outside the points, as a ratio to the nearest; 1 among them.
double outside(std::span<const Observation> observations, double workers) {
  double least = std::numeric_limits<double>::infinity();
  for (const Observation& o : observations) least = std::min(least, o.load.workers);
  return std::max({1.0, workers / largest_of(observations), least / workers});
}

/// The band of the fit, widened by the distance from the points that it was fitted to.
std::optional<Interval> band_at(const Series& series, const LawFit& fit, const Load& load,
                                const Noise& measurement, std::span<const Observation> fitted_to) {
  return widened(fit.seconds(load), fit.band_s(load, measurement),
                 distance_of(fit.law().name, series.first->scaling),
                 outside(fitted_to, load.workers));
}

/// The facts for a priori predictions, which are known before anything is scaled.
struct Beforehand {
  const Law* law;
  SerialShare share;
  Noise exchange;
};

/// The law's time from the serial share, plus the messages' time where the law has messages.  These
/// take `exchange_scale` times as long as measured.
double a_priori_seconds(const Beforehand& from, double share, double base_s, const Load& load,
                        double exchange_scale) {
  const double alone = from.law->a_priori(base_s, share, load);
  return from.law->exchanges ? alone + exchange_scale * load.exchange_s : alone;
}

/// The variance of the log time of a single pass, over all passes of a point.  It comes from the
/// median absolute deviation, which a few disturbed passes do not change.
double pass_variance(const std::vector<const Sample*>& timed) {
  std::vector<double> logs;
  for (const Sample* sample : timed) {
    if (sample->total_s > 0) logs.push_back(std::log(sample->total_s));
  }
  if (logs.empty()) return 0;
  const double centre = median(logs);
  for (double& x : logs) x = std::abs(x - centre);
  return std::pow(1.4826 * median(logs), 2);
}

/// The noise's part of the band of an a priori prediction.  It is that of a single pass, not of the
/// median of many.  These predictions assume that all workers are alike and undisturbed, while a
/// pass at p waits for the slowest of them.
std::optional<Interval> a_priori_noise_band(const Beforehand& from, const Series::Member& one,
                                            const Series::Member& member, double variance_of_pass) {
  Noise pass = member.time.noise;
  pass.variance = std::max(pass.variance, variance_of_pass);
  NoiseModel noise{{from.share.noise, one.time.noise, pass}, {}};
  std::vector<double> centre{from.share.value, one.time.centre, 0};
  if (from.law->exchanges) {
    noise.each.push_back(from.exchange);
    centre.push_back(0);
  }
  const auto band = bootstrap_interval(
      [&](std::span<const double> x) {
        const double s = std::clamp(x[0], 0.0, 1.0), scale = x.size() > 3 ? std::exp(x[3]) : 1;
        return std::log(a_priori_seconds(from, s, std::exp(x[1]), member.load, scale)) + x[2];
      },
      centre, noise);
  if (!band) return band;
  return Interval{
      .low = std::exp(band->low), .high = std::exp(band->high), .confidence = band->confidence};
}

Prediction judge_a_priori(const Series& series, const Beforehand& from, const Series::Member& one,
                          const Series::Member& member, double variance_of_pass) {
  const double base_s = one.median_s;
  const double seconds = a_priori_seconds(from, from.share.value, base_s, member.load, 1);
  // It knows one worker alone, so it is p/1 times as far from what was measured.
  return judge(series, from.law->name, PredictionKind::a_priori, member, base_s, seconds,
               widened(seconds, a_priori_noise_band(from, one, member, variance_of_pass),
                       distance_of(from.law->name, series.first->scaling), member.load.workers));
}

std::vector<Beforehand> known_beforehand(const Series& series, const SerialShare& share) {
  std::vector<Beforehand> out;
  for (const Law* law : a_priori_laws(series)) {
    out.push_back({.law = law,
                   .share = share,
                   .exchange = law->exchanges ? series.exchange->noise : Noise{}});
  }
  return out;
}

/// Reads the serial share from the one worker, or sets why there is none.
void read_one_worker(const Series& series, const SampleIndex& samples, SeriesLaws& out) {
  const auto* one = series.one_worker();
  if (one == nullptr) {
    out.a_priori_missing = "no time at one worker";
    return;
  }
  const auto& timed = samples.timed[static_cast<std::size_t>(one->point)];
  out.a_priori = serial_share(timed, samples.allocations);
  if (!out.a_priori) {
    out.a_priori_missing =
        "its record at one worker does not separate serial phases from computing";
    return;
  }
  out.one_pass_variance = pass_variance(timed);
}

void predict_a_priori(const Series& series, const SampleIndex& samples, SeriesLaws& out) {
  const auto* one = series.one_worker();
  if (one == nullptr || !out.a_priori) return;
  for (const Beforehand& from : known_beforehand(series, *out.a_priori)) {
    for (const auto& member : series.members) {
      if (!member.fitted || member.load.workers == 1) continue;
      const auto& timed = samples.timed[static_cast<std::size_t>(member.point)];
      out.predictions.push_back(judge_a_priori(series, from, *one, member, pass_variance(timed)));
    }
  }
}

/// The measured latency and bandwidth, for a law with exchanges.
Known known_of(const Series& series, const Law& law) {
  if (!law.exchanges) return {};
  const Exchange& exchange = *series.exchange;
  Known known{{{.name = "latency_s",
                .value = exchange.latency_s,
                .interval = exchange.latency_interval_s,
                .symbol = "L"}},
              exchange.noise};
  if (exchange.bytes > 0) {
    known.constants.push_back({.name = "bandwidth_bytes_per_s",
                               .value = exchange.bandwidth_bytes_per_s,
                               .interval = exchange.bandwidth_interval,
                               .symbol = "B"});
  }
  return known;
}

LawFit fit_of(const Series& series, const Law& law) {
  if (law.exchanges && !series.exchange) return {law, series.exchange_missing};
  return {law, series.observations(), known_of(series, law)};
}

void predict_fitted(const Series& series, const LawFit& fit, SeriesLaws& out) {
  if (!fit.identifiable()) return;
  for (const auto& member : series.members) {
    if (!member.fitted) continue;
    out.predictions.push_back(judge(series, fit.law().name, PredictionKind::fitted, member,
                                    out.base_s, fit.seconds(member.load),
                                    fit.band_s(member.load, member.time.noise)));
  }
}

/// Splits the points into those of the largest p and the others.
struct Split {
  std::vector<const Series::Member*> largest;
  std::vector<Observation> rest;
};

Split split_largest(const Series& series) {
  Split out{{}, series.observations()};
  const double largest = largest_of(out.rest);
  std::erase_if(out.rest, [&](const Observation& o) { return o.load.workers == largest; });
  for (const auto& member : series.members) {
    if (member.fitted && member.load.workers == largest) out.largest.push_back(&member);
  }
  return out;
}

/// Predictions for the points of the largest p by the law fitted without them; none when the other
/// points do not determine its parameters.
void predict_held_out(const Series& series, const LawFit& fit, SeriesLaws& out) {
  if (!fit.identifiable()) return;
  const Split split = split_largest(series);
  const LawFit without(fit.law(), split.rest, known_of(series, fit.law()));
  if (!without.identifiable()) return;
  for (const auto* member : split.largest) {
    out.predictions.push_back(
        judge(series, fit.law().name, PredictionKind::held_out, *member, out.base_s,
              without.seconds(member->load),
              band_at(series, without, member->load, member->time.noise, split.rest)));
  }
}

/// The combined prediction of the largest p from the other points, which need two worker counts.
void predict_combined_held_out(const Series& series, SeriesLaws& out) {
  const Split split = split_largest(series);
  const Combined without(series.first->scaling, split.rest);
  if (!without.possible()) return;
  for (const auto* member : split.largest) {
    out.predictions.push_back(judge(series, combined_name, PredictionKind::held_out, *member,
                                    out.base_s, without.seconds(member->load),
                                    without.band_s(member->load, member->time.noise)));
  }
}

void rank_laws(SeriesLaws& out) {
  std::vector<std::pair<double, std::string>> errors;
  for (const Prediction& p : out.predictions) {
    if (p.kind != PredictionKind::held_out || std::isnan(p.error)) continue;
    const auto same = std::find_if(errors.begin(), errors.end(),
                                   [&](const auto& e) { return e.second == p.law; });
    if (same == errors.end()) {
      errors.emplace_back(std::abs(p.error), p.law);
    } else {
      same->first = std::max(same->first, std::abs(p.error));
    }
  }
  std::stable_sort(errors.begin(), errors.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [error, law] : errors) out.ranking.push_back(std::move(law));
}

void store_fit(const Series& series, const LawFit& fit, std::vector<Fit>& fits) {
  const auto row = [&](std::string_view parameter, std::string_view symbol) {
    Fit out;
    out.series = series.id;
    out.law = fit.law().name;
    out.parameter = parameter;
    out.symbol = symbol;
    return out;
  };
  if (!fit.identifiable()) {
    for (const Parameter& parameter : fit.law().parameters) {
      Fit& out = fits.emplace_back(row(parameter.name, parameter.symbol));
      out.value = out.low = out.high = out.goodness = unknown;
      out.identifiable = false;
      out.reason = fit.reason();
    }
    return;
  }
  for (const Estimate& e : fit.estimates()) {
    Fit& out = fits.emplace_back(row(e.name, e.symbol));
    out.value = e.value;
    out.low = e.interval ? e.interval->low : unknown;
    out.high = e.interval ? e.interval->high : unknown;
    out.goodness = fit.goodness();
    out.reason = fit.testable() ? "" : "as many parameters as worker counts: untested";
  }
}

}  // namespace

std::vector<const Law*> a_priori_laws(const Series& series) {
  std::vector<const Law*> laws = laws_for(series.first->scaling, series.first->model);
  std::erase_if(laws, [&](const Law* law) {
    return law->a_priori == nullptr || (law->exchanges && !series.exchange);
  });
  return laws;
}

SeriesLaws fit_laws(const Series& series, const SampleIndex& samples) {
  SeriesLaws out;
  if (!series.first->model.is_parallel()) {
    out.a_priori_missing = "the " + series.first->model.name + " model does not scale";
    return out;
  }
  for (const Law* law : laws_for(series.first->scaling, series.first->model)) {
    out.fits.push_back(fit_of(series, *law));
  }
  set_base(series, out);
  out.combined.emplace(series.first->scaling, series.observations());
  read_one_worker(series, samples, out);
  return out;
}

SeriesLaws apply_laws(const Series& series, const SampleIndex& samples, Judged judged) {
  SeriesLaws out = fit_laws(series, samples);
  predict_a_priori(series, samples, out);
  if (judged == Judged::for_findings) {
    if (!out.fits.empty()) predict_held_out(series, out.fits.front(), out);
    return out;
  }
  for (const LawFit& fit : out.fits) {
    predict_fitted(series, fit, out);
    predict_held_out(series, fit, out);
  }
  rank_laws(out);
  if (out.combined) predict_combined_held_out(series, out);
  return out;
}

std::vector<Prediction> extrapolate_combined(const Series& series, const SeriesLaws& laws,
                                             const Load& load) {
  std::vector<Prediction> out;
  if (!laws.combined || !laws.combined->possible()) return out;
  const Combined& combined = *laws.combined;
  Series::Member member;
  member.load = load;
  const auto add = [&](std::string_view name, double seconds, const std::optional<Interval>& band) {
    out.push_back(
        judge(series, name, PredictionKind::extrapolated, member, laws.base_s, seconds, band));
  };
  add(combined_name, combined.seconds(load), combined.band_s(load, combined.typical_noise()));
  for (const Continuation& baseline : baselines(series.first->scaling)) {
    const double seconds = combined.seconds(baseline, load);
    add(baseline.name, seconds,
        widened(seconds, std::nullopt, distance_of(baseline.name, series.first->scaling),
                load.workers / combined.largest()));
  }
  return out;
}

std::vector<Prediction> extrapolate(const Series& series, const SeriesLaws& laws, const Load& load,
                                    const LawFilter& wanted) {
  std::vector<Prediction> out;
  Series::Member member;
  member.load = load;
  if (const auto* one = series.one_worker(); one != nullptr && laws.a_priori) {
    member.time = one->time;
    for (const Beforehand& from : known_beforehand(series, *laws.a_priori)) {
      if (!wanted(from.law->name)) continue;
      out.push_back(judge_a_priori(series, from, *one, member, laws.one_pass_variance));
    }
  }
  const std::vector<Observation> observations = series.observations();
  for (const LawFit& fit : laws.fits) {
    if (!fit.identifiable() || !wanted(fit.law().name)) continue;
    out.push_back(judge(series, fit.law().name, PredictionKind::extrapolated, member, laws.base_s,
                        fit.seconds(load),
                        band_at(series, fit, load, fit.typical_noise(), observations)));
  }
  return out;
}

void append_rows(const Series& series, const SeriesLaws& laws, std::vector<Fit>& fits,
                 std::vector<Prediction>& predictions) {
  for (const LawFit& fit : laws.fits) store_fit(series, fit, fits);
  predictions.insert(predictions.end(), laws.predictions.begin(), laws.predictions.end());
}

}  // namespace scalelaw::harness
