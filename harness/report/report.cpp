#include "harness/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "common/json_text.hpp"
#include "harness/measure/ceilings.hpp"

namespace scalelaw {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

const Point& point_at(const Results& results, std::int64_t index) {
  return results.points[static_cast<std::size_t>(index)];
}

double work_number(const Point& point, const char* key) {
  if (!point.work.is_object() || !point.work.contains(key)) return unknown;
  return point.work[key].get<double>();
}

bool memory_bound(const Point& point) {
  return point.work.is_object() && point.work.value("memory_bound", false);
}

/// What the report is made from, while it is made.
struct Maker {
  const Results& results;
  Report& report;
  SampleIndex samples;

  const Summary& summary(std::int64_t point) const {
    return report.summaries[static_cast<std::size_t>(point)];
  }
  bool timed(std::int64_t point) const {
    return has_time(point_at(results, point), summary(point));
  }
  Baseline baseline(std::string name, std::int64_t point) const {
    return {std::move(name), point, summary(point).median_s, summary(point).interval_s};
  }

  /// The fastest serial point with the kernel and parameters of `like`, of our own drivers: of its
  /// own experiment and scaling where there is one, for the same work that is measured again
  /// elsewhere would only lend its luck.
  std::optional<Baseline> best_serial(const Point& like) const {
    std::optional<std::int64_t> best;
    std::pair<bool, double> least;  // elsewhere, seconds
    for (std::size_t i = 0; i < results.points.size(); ++i) {
      const Point& p = results.points[i];
      const auto index = static_cast<std::int64_t>(i);
      if (p.model != Model::serial || p.kernel != like.kernel || p.params != like.params) continue;
      if (p.implementation != "scalelaw" || p.mode() != like.mode() || !timed(index)) continue;
      const bool elsewhere = p.experiment != like.experiment || p.scaling != like.scaling;
      const std::pair rank(elsewhere, summary(index).median_s);
      if (best && rank >= least) continue;
      best = index;
      least = rank;
    }
    if (!best) return std::nullopt;
    return baseline("scalelaw-serial", *best);
  }

  /// Bytes per second that the machine reads at this placement under this model; NaN if unmeasured.
  double ceiling(Model model, const Placement& placement) const {
    double best = unknown;
    for (std::size_t i = 0; i < results.points.size(); ++i) {
      const Point& p = results.points[i];
      const auto index = static_cast<std::int64_t>(i);
      if (p.kernel != ceiling_read || p.model != model || p.placement != placement) continue;
      if (!timed(index)) continue;
      best = std::fmax(best, work_number(p, "compulsory_bytes") / summary(index).median_s);
    }
    return best;
  }

  std::optional<Ratio> speedup(const std::optional<Baseline>& base, const ReportRow& row) const {
    if (!base) return std::nullopt;
    if (base->point == row.point) return Ratio{1, std::nullopt};
    Ratio ratio = ratio_over_launches(summary(base->point).times_s(), summary(row.point).times_s());
    ratio.value *= row.work;
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
    if (memory_bound(point)) {
      const double here = ceiling(point.model, point.placement);
      const double alone = ceiling(one.model, one.placement);
      if (std::isfinite(here / alone)) input.bandwidth_per_worker = here / row.workers / alone;
    }
    row.waterfall = waterfall(input);
  }

  ReportRow row(const ReportSeries& in, const Series::Member& member) const {
    const Point& point = point_at(results, member.point);
    ReportRow row{member.point,
                  member.load.workers,
                  member.load.work,
                  summary(member.point),
                  unknown,
                  {},
                  {},
                  {},
                  {},
                  {},
                  {},
                  {},
                  {},
                  {},
                  {},
                  false};
    if (!member.timed) return row;
    row.rate = work_number(point, "amount") / row.summary.median_s;
    row.speedup_serial = speedup(in.serial, row);
    row.speedup_own = speedup(in.own, row);
    if (row.speedup_own && row.workers > 1) {
      row.karp_flatt = karp_flatt(row.speedup_own->value, row.workers);
    }
    row.pop = pop_efficiency(samples.timed[static_cast<std::size_t>(member.point)]);
    if (memory_bound(point)) {
      const double share = work_number(point, "compulsory_bytes") / row.summary.median_s /
                           ceiling(point.model, point.placement);
      if (std::isfinite(share)) row.ceiling_share = share;
    }
    explain_loss(in, row);
    for (const Prediction& p : in.laws.predictions) {
      if (p.point != member.point) continue;
      if (p.kind == "a_priori" && p.law == latency_bandwidth().name) row.a_priori_messages = p;
      if (p.law != amdahl().name && p.law != gustafson().name) continue;
      if (p.kind == "a_priori") row.a_priori = p;
      if (p.kind == "fitted") row.fitted = p;
      if (p.kind == "held_out") row.held_out = p;
    }
    row.fitted_exactly = row.fitted && !in.laws.fits.front().testable();
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
      out.own = baseline(std::string(to_string(first.model)) + ", one worker", one->point);
    }
    out.series = std::move(series);
    for (const auto& member : out.series.members) out.rows.push_back(row(out, member));
    return out;
  }

  /// Bytes per second of one memory_read point.
  Estimate read_estimate(std::int64_t point) const {
    const double bytes = work_number(point_at(results, point), "compulsory_bytes");
    Estimate estimate{"read_bytes_per_s", bytes / summary(point).median_s, std::nullopt};
    if (const auto& interval = summary(point).interval_s) {
      estimate.interval =
          Interval{bytes / interval->high, bytes / interval->low, interval->confidence};
    }
    return estimate;
  }

  void list_ceilings() const {
    std::map<std::pair<Model, Placement>, Ceiling> places;
    for (std::size_t i = 0; i < results.points.size(); ++i) {
      const Point& p = results.points[i];
      const auto index = static_cast<std::int64_t>(i);
      if (!is_ceiling(p) || !timed(index)) continue;
      Ceiling& ceiling = places[{p.model, p.placement}];
      ceiling.bimodal = ceiling.bimodal || p.state == State::unstable;
      if (p.kernel == ceiling_read) ceiling.read_bytes_per_s = read_estimate(index);
    }
    for (auto& [place, ceiling] : places) {
      ceiling.model = place.first;
      ceiling.placement = place.second;
      Point any;  // whose messages do not matter here
      any.model = place.first;
      if (const auto e = measured_exchange(results, report.summaries, any, place.second)) {
        ceiling.latency_s = Estimate{"latency_s", e->latency_s, e->latency_interval_s};
        if (e->bandwidth_bytes_per_s > 0) {
          ceiling.bandwidth_bytes_per_s =
              Estimate{"bandwidth_bytes_per_s", e->bandwidth_bytes_per_s, e->bandwidth_interval};
        }
      }
      report.ceilings.push_back(ceiling);
    }
  }

  void compare_with_peers() const {
    const auto count = static_cast<std::int64_t>(results.points.size());
    for (std::int64_t ours = 0; ours < count; ++ours) {
      const Point& a = point_at(results, ours);
      if (a.implementation != "scalelaw" || !timed(ours)) continue;
      for (std::int64_t peer = 0; peer < count; ++peer) {
        const Point& b = point_at(results, peer);
        if (b.implementation == "scalelaw" || !timed(peer)) continue;
        if (a.kernel != b.kernel || a.params != b.params || a.mode() != b.mode()) continue;
        if (a.placement.workers() != b.placement.workers()) continue;
        // A peer that knows one thread only is serial, whatever ours runs under with one worker.
        if (a.model != b.model && b.model != Model::serial) continue;
        if (a.scaling != b.scaling) continue;
        report.peers.push_back(
            {ours, peer, ratio_over_launches(summary(ours).times_s(), summary(peer).times_s())});
      }
    }
  }

  void name_busy_blocks() const {
    std::map<std::int64_t, BusyBlock> blocks;
    for (const Launch& launch : results.launches) {
      if (!launch.busy) continue;
      auto& block = blocks.try_emplace(launch.block, BusyBlock{launch.block, launch.free_cores, 0})
                        .first->second;
      block.free_cores = std::min(block.free_cores, launch.free_cores);
      ++block.launches;
    }
    for (const auto& [number, block] : blocks) report.busy.push_back(block);
  }
};

}  // namespace

std::string work_label(const Point& point) {
  std::string label = point.kernel;
  if (point.mode() != "data") label += " mode=" + point.mode();
  if (!point.params.is_object()) return label;
  for (const auto& [name, value] : point.params.items()) {
    if (name == "seed") continue;
    const std::string text = json_text(value);
    if (!text.empty()) label += fmt::format(" {}={}", name, text);
  }
  return label;
}

std::string placement_label(const Placement& placement) {
  return fmt::format("{}x{}x{}", placement.nodes, placement.ranks_per_node, placement.threads);
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

}  // namespace scalelaw
