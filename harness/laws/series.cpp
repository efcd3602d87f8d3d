#include "harness/laws/series.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "harness/results/ceiling.hpp"

namespace scalelaw::harness {
namespace {

Series::Member member_of(const Results& results, const std::vector<Summary>& summaries,
                         std::int64_t index) {
  const Point& point = results.points[static_cast<std::size_t>(index)];
  const Summary& summary = summaries[static_cast<std::size_t>(index)];
  Series::Member member;
  member.point = index;
  member.load = {.workers = static_cast<double>(point.placement.workers()),
                 .ranks = static_cast<double>(point.placement.ranks()),
                 .work = operations_of(point)};
  member.timed = has_time(point, summary);
  member.fitted = member.timed && !point.oversubscribed;
  if (!member.timed) return member;
  member.median_s = summary.median_s;
  member.time = log_time(summary.repetitions_s());
  return member;
}

void pool_noise(Series& series) {
  std::vector<LogTime> times;
  for (const auto& member : series.members) {
    if (member.timed) times.push_back(member.time);
  }
  pool_unknown_noise(times);
  auto time = times.begin();
  for (auto& member : series.members) {
    if (member.timed) member.time = *time++;
  }
}

/// Sets the work relative to one worker's.  It makes speedups scaled in weak series, and plain in
/// strong series.
void make_work_relative(Series& series) {
  const auto& least = series.members.front().load;
  const double one = least.work / (series.first->scaling == Scaling::weak ? least.workers : 1);
  for (auto& member : series.members) member.load.work /= one;
}

/// Sets the cost of messages at the members' placements: load.exchange_s and series.exchange.
void add_exchanges(const Results& results, const std::vector<Summary>& summaries, Series& series) {
  if (!exchanged_bytes(*series.first)) {
    series.exchange_missing =
        "its messages overlap with computing, so that their time cannot be separated";
    return;
  }
  std::vector<std::optional<Exchange>> own;
  for (const auto& member : series.members) {
    const Point& point = results.points[static_cast<std::size_t>(member.point)];
    own.push_back(measured_exchange(results, summaries, point, point.placement));
    if (!own.back()) continue;
    own.back()->bytes /= member.load.work;
    series.exchange = own.back();  // members ascend in workers
  }
  if (!series.exchange) {
    series.exchange_missing = "no collectives were measured at its placements";
    return;
  }
  for (std::size_t i = 0; i < own.size(); ++i) {
    Load& load = series.members[i].load;
    load.exchange_s = (own[i] ? own[i] : series.exchange)->seconds(load.ranks, load.work);
  }
}

}  // namespace

bool has_time(const Point& point, const Summary& summary) {
  const bool measured = point.state == State::pending || point.state == State::converged ||
                        is_wide(point.state) || point.state == State::unstable ||
                        point.state == State::ok;
  return measured && !summary.launches.empty();
}

double measured_speedup(double base_s, double time_s, double work) {
  return base_s / time_s * work;
}

double operations_of(const Point& point) {
  const auto& work = point.work;
  if (!work.is_object() || !work.contains("operations")) return 1;
  const double operations = work["operations"].get<double>();
  return operations > 0 ? operations : 1;
}

double relative_work(const std::vector<Point>& points, const Point& point) {
  if (point.scaling == Scaling::strong) return 1;
  const Point* least = &point;
  for (const Point& other : points) {
    const bool fewer = other.placement.workers() < least->placement.workers();
    if (other.series == point.series && fewer) least = &other;
  }
  const auto workers = static_cast<double>(least->placement.workers());
  return operations_of(point) / (operations_of(*least) / workers);
}

const Series::Member* Series::one_worker() const {
  for (const Member& member : members) {
    if (member.timed && member.load.workers == 1) return &member;
  }
  return nullptr;
}

std::vector<Observation> Series::observations() const {
  std::vector<Observation> out;
  for (const Member& member : members) {
    if (member.fitted) out.push_back({member.load, member.time});
  }
  return out;
}

Series without_largest(const Series& series, std::int64_t count) {
  std::set<double> largest;
  for (const Series::Member& member : series.members) {
    if (member.fitted) largest.insert(member.load.workers);
  }
  while (std::ssize(largest) > count) largest.erase(largest.begin());
  Series out = series;
  std::erase_if(out.members,
                [&](const auto& member) { return largest.contains(member.load.workers); });
  return out;
}

std::vector<Series> series_of(const Results& results, const std::vector<Summary>& summaries) {
  std::vector<Series> all;
  std::map<std::int64_t, std::size_t> place;
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    const Point& point = results.points[i];
    if (is_ceiling(point)) continue;
    const auto [it, added] = place.try_emplace(point.series, all.size());
    if (added) {
      all.emplace_back();
      all.back().id = point.series;
      all.back().first = &point;
    }
    all[it->second].members.push_back(member_of(results, summaries, static_cast<std::int64_t>(i)));
  }
  for (Series& series : all) {
    std::stable_sort(
        series.members.begin(), series.members.end(), [&](const auto& a, const auto& b) {
          const auto key = [&](const auto& m) {
            const Placement& p = results.points[static_cast<std::size_t>(m.point)].placement;
            return std::tuple(p.workers(), p);
          };
          return key(a) < key(b);
        });
    make_work_relative(series);
    pool_noise(series);
    add_exchanges(results, summaries, series);
  }
  return all;
}

}  // namespace scalelaw::harness
