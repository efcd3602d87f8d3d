#include "harness/analysis/report.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "harness/analysis/account.hpp"
#include "harness/analysis/baselines.hpp"
#include "harness/analysis/findings.hpp"
#include "harness/analysis/measured.hpp"
#include "harness/analysis/read_ceilings.hpp"
#include "harness/analysis/simulation.hpp"
#include "harness/results/ceiling.hpp"

namespace scalelaw::harness {
namespace {

/// The inputs of the report, while it is made.
struct Maker {
  const Results& results;
  Report& report;
  SampleIndex samples;
  Judged judged;
  ReadCeilings ceilings{results, report.summaries};
  Baselines baselines{results, report.summaries};
  Limits limits{results, report.summaries, ceilings};
  ScalingRows rows{results, report.summaries, ceilings, limits};

  const Summary& summary(std::int64_t point) const { return report.summary(point); }
  bool timed(std::int64_t point) const { return has_time(results.point(point), summary(point)); }
  std::vector<Mark> marks(std::int64_t point) const {
    return marks_of(results.point(point), summary(point));
  }

  /// Bytes per second that the machine reads at a point's placement and size; nothing if
  /// unmeasured.
  std::optional<double> ceiling(const Point& point) const {
    const std::int64_t found = ceilings.for_point(point);
    if (found < 0) return std::nullopt;
    return ceilings.bytes_per_s(found).value;
  }

  std::optional<Waterfall> loss_of(const ReportSeries& in, const ScalingRow& row) const {
    if (!in.own || in.own->point < 0 || !is_known(row.own_efficiency) || row.workers <= 1) {
      return std::nullopt;
    }
    const Point& point = results.point(row.point);
    const auto of = [](const auto& index, std::int64_t i) {
      return index[static_cast<std::size_t>(i)];
    };
    WaterfallInput input;
    input.timed = of(samples.timed, row.point);
    input.diagnostic = of(samples.diagnostic, row.point);
    input.one_timed = of(samples.timed, in.own->point);
    input.one_diagnostic = of(samples.diagnostic, in.own->point);
    input.workers = static_cast<double>(row.workers);
    input.work = row.work;
    input.efficiency = row.own_efficiency.value;
    input.allocations = samples.allocations;
    if (is_memory_bound(point)) {
      const auto here = ceiling(point), alone = ceiling(results.point(in.own->point));
      if (here && alone) input.bandwidth_per_worker = *here / input.workers / *alone;
    }
    return waterfall(input);
  }

  /// Whether the law with that name uses the measured time of messages.
  static bool knows_messages(const SeriesLaws& laws, const std::string& name) {
    return std::any_of(laws.fits.begin(), laws.fits.end(), [&](const LawFit& fit) {
      return fit.law().name == name && fit.law().exchanges;
    });
  }

  ReportRow row(const ReportSeries& in, const Series::Member& member) const {
    ReportRow row;
    row.point = member.point;
    if (!member.timed) return row;
    row.pop =
        pop_efficiency(samples.timed[static_cast<std::size_t>(member.point)], samples.allocations);
    row.waterfall = loss_of(in, report.of(row));
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

  /// Stores what the laws say of a series.
  void keep_laws(const Series& series, const SeriesLaws& laws) const {
    const auto before = static_cast<std::ptrdiff_t>(report.predictions.size());
    append_rows(series, laws, report.fits, report.predictions);
    std::for_each(report.predictions.begin() + before, report.predictions.end(),
                  [&](Prediction& p) {
                    if (p.point >= 0) p.marks = marks_text(marks(p.point));
                  });
  }

  ReportSeries one_series(Series series) const {
    ReportSeries out;
    out.laws = apply_laws(series, samples, judged);
    if (judged == Judged::all) keep_laws(series, out.laws);
    if (series.first->work.is_object()) out.unit = series.first->work.value("unit", "");
    out.serial = baselines.serial(series);
    out.own = baselines.own(series, out.laws);
    out.series = std::move(series);
    for (const auto& member : out.series.members) {
      ScalingRow& numbers = report.scaling[static_cast<std::size_t>(member.point)];
      numbers = rows.of(std::move(numbers), out.series, member, out.serial, out.own);
      out.rows.push_back(row(out, member));
    }
    return out;
  }

  void add_exchange(Ceiling& ceiling) const {
    Point any;  // whose messages do not matter here
    any.model = ceiling.model;
    any.clock = ceiling.clock;
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
      std::vector<Mark> exchange_marks;
      TimeSource clock = TimeSource::measured;  // of one file's ceilings, all have the same
    };
    std::map<std::pair<Model, Placement>, Place> places;
    for (std::size_t i = 0; i < results.points.size(); ++i) {
      const Point& p = results.points[i];
      const auto index = static_cast<std::int64_t>(i);
      if (!is_ceiling(p) || p.kernel == ceiling_rate || !timed(index)) continue;
      Place& place = places[{p.model, p.placement}];
      place.clock = p.clock;
      if (p.kernel != ceiling_read) {
        place.exchange_marks = joined(place.exchange_marks, marks(index));
        continue;
      }
      Ceiling& ceiling = place.reads[working_set_bytes(p)];
      ceiling.working_set_bytes = working_set_bytes(p);
      ceiling.read_bytes_per_s = ceilings.bytes_per_s(index);
      ceiling.marks = joined(ceiling.marks, marks(index));
    }
    for (auto& [where, place] : places) {
      if (place.reads.empty()) place.reads[0] = {};
      for (auto& [bytes, ceiling] : place.reads) {
        std::tie(ceiling.model, ceiling.placement) = where;
        ceiling.clock = place.clock;
        const bool largest = bytes == place.reads.rbegin()->first;
        if (largest) {
          add_exchange(ceiling);
          ceiling.marks = joined(ceiling.marks, place.exchange_marks);
        }
        ceiling.bimodal = std::ranges::count(ceiling.marks, Mark::unstable) > 0;
        report.ceilings.push_back(ceiling);
      }
    }
  }

  void list_core_rates() const {
    for (std::size_t i = 0; i < results.points.size(); ++i) {
      const Point& p = results.points[i];
      const auto index = static_cast<std::int64_t>(i);
      if (!is_ceiling(p) || p.kernel != ceiling_rate || !timed(index)) continue;
      report.core_rates.push_back({.model = p.model,
                                   .placement = p.placement,
                                   .rate = rate_of(p),
                                   .per_s = limits.per_s(index),
                                   .marks = marks(index)});
    }
  }

  /// Whether a point of ours does the same work with as many workers as a peer's.
  bool has_equal_work(const Point& ours, const Point& peer) const {
    return ours.is_ours() && !ours.oversubscribed && ours.scaling == peer.scaling &&
           ours.placement.workers() == peer.placement.workers();
  }

  /// Our fastest point with the work and the workers of a peer; -1: none.
  std::int64_t best_of_ours(const Point& peer) const {
    std::int64_t best = -1;
    for (const std::int64_t ours : baselines.same_work(peer)) {
      if (!timed(ours) || !has_equal_work(results.point(ours), peer)) continue;
      if (!are_comparable(results.point(ours).clock, peer.clock)) continue;
      if (best < 0 || summary(ours).median_s < summary(best).median_s) best = ours;
    }
    return best;
  }

  /// Whether a model of ours is that of a peer: such points alone are compared.
  bool have_model(const Point& peer) const {
    const auto& same = baselines.same_work(peer);
    return std::ranges::any_of(same, [&](std::int64_t ours) {
      const Point& a = results.point(ours);
      return timed(ours) && has_equal_work(a, peer) && a.model == peer.model;
    });
  }

  /// Peers with a model that is none of ours are compared with our best.
  void compare_with_other_models() const {
    const auto count = static_cast<std::int64_t>(results.points.size());
    for (std::int64_t peer = 0; peer < count; ++peer) {
      const Point& b = results.point(peer);
      if (b.is_ours() || !timed(peer) || b.oversubscribed) continue;
      if (!b.model.is_parallel() || have_model(b)) continue;
      const std::int64_t ours = best_of_ours(b);
      if (ours < 0) continue;
      report.peers.push_back({ours, peer, measured_ratio(summary(ours), summary(peer))});
    }
  }

  void compare_with_peers() const {
    const auto count = static_cast<std::int64_t>(results.points.size());
    for (std::int64_t ours = 0; ours < count; ++ours) {
      const Point& a = results.point(ours);
      if (!a.is_ours() || !timed(ours) || a.oversubscribed) continue;
      for (const std::int64_t peer : baselines.same_work(a)) {
        const Point& b = results.point(peer);
        if (b.is_ours() || !timed(peer) || b.oversubscribed) continue;
        if (!are_comparable(a.clock, b.clock)) continue;
        if (a.placement.workers() != b.placement.workers()) continue;
        // A peer with one thread counts as serial, whichever model ours uses with one worker.
        if (a.model != b.model && b.model.is_parallel()) continue;
        if (a.scaling != b.scaling) continue;
        report.peers.push_back({ours, peer, measured_ratio(summary(ours), summary(peer))});
      }
    }
  }

  void name_busy_blocks() const {
    std::map<std::int64_t, BusyBlock> blocks;
    for (const Launch& launch : results.launches) {
      if (!launch.busy || !gives_times(launch)) continue;
      auto& block = blocks
                        .try_emplace(launch.block, BusyBlock{.block = launch.block,
                                                             .free_cores = launch.free_cores})
                        .first->second;
      block.free_cores = std::fmin(block.free_cores, launch.free_cores);
      block.lost_share = std::fmax(block.lost_share, launch.lost_share);
      ++block.launches;
    }
    for (const auto& [number, block] : blocks) report.busy.push_back(block);
  }
};

}  // namespace

Report make_report(const Results& results, const FindingLimits& limits, Judged judged) {
  Report report;
  report.results = &results;
  report.summaries = summarize_all(results);
  const Maker maker{results, report, index_samples(results), judged};
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    report.scaling.push_back(maker.rows.alone(static_cast<std::int64_t>(i)));
  }
  for (Series& series : series_of(results, report.summaries)) {
    report.series.push_back(maker.one_series(std::move(series)));
  }
  report.account = account_of(results, report.summaries);
  for (AccountRow& row : report.account) row.marks = marks_text(maker.marks(row.point));
  if (judged == Judged::all) {
    for (Prediction& one : predictions_to_simulated(report)) {
      report.predictions.push_back(std::move(one));
    }
  }
  maker.list_ceilings();
  maker.list_core_rates();
  maker.compare_with_peers();
  maker.compare_with_other_models();
  report.variants = variants_of(results, report.summaries, maker.samples);
  report.stages = stages_of(results, report.summaries);
  maker.name_busy_blocks();
  report.allocations = allocations_of(results);
  report.rules = judge_rules(report);
  report.findings = findings_of(report, limits);
  return report;
}

}  // namespace scalelaw::harness
