#include "harness/analysis/report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "common/json_text.hpp"
#include "harness/analysis/read_ceilings.hpp"
#include "harness/results/ceiling.hpp"
#include "harness/results/program_name.hpp"

namespace scalelaw::harness {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

const Point& point_at(const Results& results, std::int64_t index) {
  return results.points[static_cast<std::size_t>(index)];
}

double work_number(const Point& point, const char* key) {
  if (!point.work.is_object() || !point.work.contains(key)) return unknown;
  return point.work[key].get<double>();
}

/// Points that are looked up again and again, found once: thousands of points would otherwise each
/// look at all others.
struct PointIndex {
  std::map<std::string, std::vector<std::int64_t>> of_work;  ///< by kernel, parameters and task

  static std::string key(const Point& point) {
    return point.kernel + '\n' + point.task() + '\n' + serialize(point.params);
  }
  explicit PointIndex(const std::vector<Point>& points) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      of_work[key(points[i])].push_back(static_cast<std::int64_t>(i));
    }
  }
};

/// What the report is made from, while it is made.
struct Maker {
  const Results& results;
  Report& report;
  SampleIndex samples;
  ReadCeilings ceilings{results, report.summaries};
  PointIndex points{results.points};

  const Summary& summary(std::int64_t point) const {
    return report.summaries[static_cast<std::size_t>(point)];
  }
  bool timed(std::int64_t point) const {
    return has_time(point_at(results, point), summary(point));
  }
  Baseline baseline(std::string name, std::int64_t point) const {
    return {std::move(name), point, summary(point).median_s, summary(point).interval_s};
  }

  /// The points with the kernel, the parameters and the task of `like`.
  const std::vector<std::int64_t>& same_work(const Point& like) const {
    return points.of_work.at(PointIndex::key(like));
  }

  /// The fastest serial point with the kernel and parameters of `like`, of our own drivers: of its
  /// own experiment and scaling where there is one, for the same work that is measured again
  /// elsewhere would only lend its luck.
  std::optional<Baseline> best_serial(const Point& like) const {
    std::optional<std::int64_t> best;
    std::pair<bool, double> least;  // elsewhere, seconds
    for (const std::int64_t index : same_work(like)) {
      const Point& p = point_at(results, index);
      if (p.model.is_parallel() || !p.is_ours() || !timed(index)) continue;
      const bool elsewhere = p.experiment != like.experiment || p.scaling != like.scaling;
      const std::pair rank(elsewhere, summary(index).median_s);
      if (best && rank >= least) continue;
      best = index;
      least = rank;
    }
    if (!best) return std::nullopt;
    return baseline(driver_program(point_at(results, *best)), *best);
  }

  /// Bytes per second that the machine reads at a point's placement and size; nothing if
  /// unmeasured.
  std::optional<double> ceiling(const Point& point) const {
    const std::int64_t found = ceilings.for_point(point);
    if (found < 0) return std::nullopt;
    return ceilings.bytes_per_s(found).value;
  }

  std::optional<Ratio> speedup(const std::optional<Baseline>& base, const ReportRow& row) const {
    if (!base) return std::nullopt;
    if (base->point == row.point) return Ratio{1, std::nullopt};
    Ratio ratio = ratio_over_launches(summary(base->point).times_s(), summary(row.point).times_s());
    ratio.value = measured_speedup(base->seconds, row.summary.median_s, row.work);
    if (ratio.interval) {
      ratio.interval->low *= row.work;
      ratio.interval->high *= row.work;
    }
    return ratio;
  }

  void explain_loss(const ReportSeries& in, ReportRow& row) const {
    if (!in.own || !row.speedup_own || row.workers <= 1) return;
    const Point& point = point_at(results, row.point);
    const Point& one = point_at(results, in.own->point);
    WaterfallInput input;
    const auto of = [](const auto& index, std::int64_t i) {
      return index[static_cast<std::size_t>(i)];
    };
    input.timed = of(samples.timed, row.point);
    input.diagnostic = of(samples.diagnostic, row.point);
    input.one_timed = of(samples.timed, in.own->point);
    input.one_diagnostic = of(samples.diagnostic, in.own->point);
    input.workers = row.workers;
    input.work = row.work;
    input.efficiency = row.speedup_own->value / row.workers;
    if (is_memory_bound(point)) {
      const auto here = ceiling(point), alone = ceiling(one);
      if (here && alone) input.bandwidth_per_worker = *here / row.workers / *alone;
    }
    row.waterfall = waterfall(input);
  }

  void hold_against_ceiling(const Point& point, ReportRow& row) const {
    const std::int64_t found = ceilings.for_point(point);
    if (found < 0) return;
    const double share = work_number(point, "compulsory_bytes") / row.summary.median_s /
                         ceilings.bytes_per_s(found).value;
    if (!std::isfinite(share)) return;
    row.ceiling_share = share;
    if (share > suspicious_share) row.ceiling_doubt = ceilings.doubt(point, found);
  }

  /// Whether the law of that name takes the messages' time as measured.
  static bool knows_messages(const SeriesLaws& laws, const std::string& name) {
    return std::any_of(laws.fits.begin(), laws.fits.end(), [&](const LawFit& fit) {
      return fit.law().name == name && fit.law().exchanges;
    });
  }

  ReportRow row(const ReportSeries& in, const Series::Member& member) const {
    const Point& point = point_at(results, member.point);
    ReportRow row{};
    row.point = member.point;
    row.workers = member.load.workers;
    row.work = member.load.work;
    row.summary = summary(member.point);
    row.rate = unknown;
    if (!member.timed) return row;
    row.rate = work_number(point, "amount") / row.summary.median_s;
    row.speedup_serial = speedup(in.serial, row);
    row.speedup_own = speedup(in.own, row);
    if (row.speedup_own && row.workers > 1) {
      row.karp_flatt = karp_flatt(row.speedup_own->value, row.workers);
    }
    row.pop = pop_efficiency(samples.timed[static_cast<std::size_t>(member.point)]);
    if (is_memory_bound(point)) hold_against_ceiling(point, row);
    explain_loss(in, row);
    for (const Prediction& p : in.laws.predictions) {
      if (p.point != member.point) continue;
      if (p.kind == PredictionKind::a_priori && knows_messages(in.laws, p.law)) {
        row.a_priori_messages = p;
      }
      if (p.law != in.laws.fits.front().law().name) continue;  // the simplest
      if (p.kind == PredictionKind::a_priori) row.a_priori = p;
      if (p.kind == PredictionKind::fitted) row.fitted = p;
      if (p.kind == PredictionKind::held_out) row.held_out = p;
    }
    if (row.fitted) {
      const LawFit& law = in.laws.fits.front();
      row.fitted_exactly = !law.testable() && law.meets_every_point();
    }
    return row;
  }

  ReportSeries one_series(Series series) const {
    ReportSeries out;
    out.laws = apply_laws(series, samples);
    const Point& first = *series.first;
    if (first.work.is_object()) out.unit = first.work.value("unit", "");
    const auto* one = series.one_worker();
    // A weak series starts from the work of its one worker; so does its serial baseline.
    const std::int64_t least = series.members.front().point;
    if (first.scaling == Scaling::strong || series.members.front().load.workers == 1) {
      out.serial = best_serial(point_at(results, least));
    }
    if (one != nullptr) {
      out.own = baseline(first.model.name + ", one worker", one->point);
    }
    out.series = std::move(series);
    for (const auto& member : out.series.members) out.rows.push_back(row(out, member));
    return out;
  }

  void add_exchange(Ceiling& ceiling) const {
    Point any;  // whose messages do not matter here
    any.model = ceiling.model;
    const auto e = measured_exchange(results, report.summaries, any, ceiling.placement);
    if (!e) return;
    ceiling.latency_s = Estimate{"latency_s", e->latency_s, e->latency_interval_s};
    if (!(e->bandwidth_bytes_per_s > 0)) return;
    ceiling.bandwidth_bytes_per_s =
        Estimate{"bandwidth_bytes_per_s", e->bandwidth_bytes_per_s, e->bandwidth_interval};
  }

  void list_ceilings() const {
    struct Place {
      std::map<double, Ceiling> reads;  // by working set
      bool exchanges_bimodal = false;
    };
    std::map<std::pair<Model, Placement>, Place> places;
    for (std::size_t i = 0; i < results.points.size(); ++i) {
      const Point& p = results.points[i];
      const auto index = static_cast<std::int64_t>(i);
      if (!is_ceiling(p) || !timed(index)) continue;
      Place& place = places[{p.model, p.placement}];
      const bool bimodal = p.state == State::unstable;
      if (p.kernel != ceiling_read) {
        place.exchanges_bimodal = place.exchanges_bimodal || bimodal;
        continue;
      }
      Ceiling& ceiling = place.reads[working_set_bytes(p)];
      ceiling.working_set_bytes = working_set_bytes(p);
      ceiling.read_bytes_per_s = ceilings.bytes_per_s(index);
      ceiling.bimodal = bimodal;
    }
    for (auto& [where, place] : places) {
      if (place.reads.empty()) place.reads[0] = {};
      for (auto& [bytes, ceiling] : place.reads) {
        std::tie(ceiling.model, ceiling.placement) = where;
        const bool largest = bytes == place.reads.rbegin()->first;
        if (largest) add_exchange(ceiling);
        ceiling.bimodal = ceiling.bimodal || (largest && place.exchanges_bimodal);
        report.ceilings.push_back(ceiling);
      }
    }
  }

  void compare_with_peers() const {
    const auto count = static_cast<std::int64_t>(results.points.size());
    for (std::int64_t ours = 0; ours < count; ++ours) {
      const Point& a = point_at(results, ours);
      if (!a.is_ours() || !timed(ours)) continue;
      for (const std::int64_t peer : same_work(a)) {
        const Point& b = point_at(results, peer);
        if (b.is_ours() || !timed(peer)) continue;
        if (a.placement.workers() != b.placement.workers()) continue;
        // A peer that knows one thread only is serial, whatever ours runs under with one worker.
        if (a.model != b.model && b.model.is_parallel()) continue;
        if (a.scaling != b.scaling) continue;
        report.peers.push_back(
            {ours, peer, ratio_over_launches(summary(ours).times_s(), summary(peer).times_s())});
      }
    }
  }

  void name_busy_blocks() const {
    std::map<std::int64_t, BusyBlock> blocks;
    for (const Launch& launch : results.launches) {
      if (!launch.busy || launch.superseded) continue;
      auto& block = blocks.try_emplace(launch.block, BusyBlock{launch.block, launch.free_cores, 0})
                        .first->second;
      block.free_cores = std::min(block.free_cores, launch.free_cores);
      ++block.launches;
    }
    for (const auto& [number, block] : blocks) report.busy.push_back(block);
  }
};

}  // namespace

bool is_memory_bound(const Point& point) {
  return point.kernel != ceiling_read && point.work.is_object() &&
         point.work.value("memory_bound", false);
}

Report make_report(const Results& results) {
  Report report;
  report.results = &results;
  report.summaries = summarize_all(results);
  const Maker maker{results, report, index_samples(results)};
  for (Series& series : series_of(results, report.summaries)) {
    report.series.push_back(maker.one_series(std::move(series)));
  }
  maker.list_ceilings();
  maker.compare_with_peers();
  report.variants = variants_of(results, report.summaries, maker.samples);
  report.stages = stages_of(results, report.summaries);
  maker.name_busy_blocks();
  report.rules = judge_rules(report);
  return report;
}

}  // namespace scalelaw::harness
