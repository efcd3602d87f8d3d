#include "harness/analysis/findings/case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "common/json_text.hpp"
#include "harness/analysis/losses.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/results/ceiling.hpp"

namespace scalelaw::harness {
namespace {

/// A key that is equal for points which a reader compares.
std::string key_of(const ReportSeries& series, const Point& point) {
  return fmt::format("{}\n{}", scaled_label(*series.series.first), to_string(point.clock));
}

/// Whether a point measures programs, not the machine.
bool is_of_interest(const Report& report, const ReportRow& row) {
  const Point& point = report.point(row.point);
  return !point.oversubscribed && report.of(row).timed && !measures_machine(point.kernel);
}

/// Whether any point of ours is of interest.  Without one, the file is about the peers.
bool has_ours(const Report& report) {
  for (const ReportSeries& series : report.series) {
    for (const ReportRow& row : series.rows) {
      if (is_of_interest(report, row) && report.point(row.point).is_ours()) return true;
    }
  }
  return false;
}

const Point& first_of(const CaseGroup& group) {
  return *group.cases.front().series->series.first;
}

/// The parameters of each kernel that differ among its workloads with one kind of scaling.
class Differing {
 public:
  explicit Differing(const std::vector<CaseGroup>& groups) {
    for (const CaseGroup& group : groups) {
      const Point& point = first_of(group);
      auto& values = values_[{point.kernel, point.scaling}];
      ++values.points;
      if (!point.params.is_object()) continue;
      for (const auto& [name, value] : point.params.items()) {
        ++values.each[name][serialize(value)];
      }
    }
  }

  /// "dot_product length=1000": the kernel, its task and these parameters.
  [[nodiscard]] std::string label(const Point& point) const {
    Point brief = point;
    const Values& values = values_.at({point.kernel, point.scaling});
    for (const auto& [name, counts] : values.each) {
      const bool same = counts.size() == 1 && counts.begin()->second == values.points;
      if (same && brief.params.is_object()) brief.params.erase(name);
    }
    return work_label(brief);
  }

 private:
  struct Values {
    std::size_t points = 0;
    std::map<std::string, std::map<std::string, std::size_t>> each;
  };
  std::map<std::pair<std::string, Scaling>, Values> values_;
};

using Naming = std::function<std::string(const Point&)>;

/// Names the workloads without a name, where `naming` gives no other workload the same.
void name_where_unique(std::vector<CaseGroup>& groups, const Naming& naming) {
  std::map<std::pair<std::string, Scaling>, std::size_t> seen;
  for (const CaseGroup& group : groups) {
    ++seen[{naming(first_of(group)), first_of(group).scaling}];
  }
  for (CaseGroup& group : groups) {
    const std::string name = naming(first_of(group));
    const bool unique = seen.at({name, first_of(group).scaling}) == 1;
    if (group.work.empty() && unique) group.work = name;
  }
}

void name_all(std::vector<CaseGroup>& groups) {
  const Differing differing(groups);
  name_where_unique(groups, [](const Point& point) { return point.kernel; });
  name_where_unique(groups, [](const Point& point) { return point.experiment; });
  name_where_unique(groups, [&](const Point& point) { return differing.label(point); });
  for (CaseGroup& group : groups) {
    if (group.work.empty()) group.work = study_label(first_of(group));
  }
}

std::string name_of_time(std::int64_t point) {
  return fmt::format("point {}", point);
}

/// The time of a case and that of a baseline, which may be what a law of its series says.
Times with_baseline(const Case& at, const Baseline& base) {
  Times out = time_of(at);
  if (base.name.empty()) return out;
  out[base.point >= 0 ? name_of_time(base.point)
                      : fmt::format("law of series {}", at.series->series.id)] = base.marks;
  return out;
}

}  // namespace

std::string CaseGroup::name() const {
  if (first().scaling == Scaling::weak) return work + " (weak)";
  return work + (beside_other_kind ? " (strong)" : "");
}

std::vector<CaseGroup> case_groups(const Report& report) {
  std::vector<CaseGroup> out;
  std::map<std::string, std::size_t> known;
  const bool ours = has_ours(report);
  const Losses losses = losses_in(*report.results);
  for (const ReportSeries& series : report.series) {
    for (const ReportRow& row : series.rows) {
      const Point& point = report.point(row.point);
      if (!is_of_interest(report, row) || point.is_ours() != ours) continue;
      if (has_lost(losses, row.point)) continue;
      const auto [entry, is_new] = known.try_emplace(key_of(series, point), out.size());
      if (is_new) out.emplace_back();
      out[entry->second].cases.push_back({&series, &row, &report.of(row), &point});
    }
  }
  name_all(out);
  const auto is_weak = [](const CaseGroup& group) {
    return group.first().scaling == Scaling::weak;
  };
  const auto weak = std::count_if(out.begin(), out.end(), is_weak);
  for (CaseGroup& group : out) group.beside_other_kind = weak > 0 && weak < std::ssize(out);
  return out;
}

std::string work_name(const std::vector<CaseGroup>& groups, const Point& point) {
  for (const CaseGroup& group : groups) {
    for (const Case& at : group.cases) {
      if (scaled_label(*at.point) == scaled_label(point)) return group.name();
    }
  }
  return scaled_label(point);
}

const Bracketed& speedup_of(const Case& at) {
  const ScalingRow& numbers = *at.numbers;
  return is_known(numbers.serial_speedup) ? numbers.serial_speedup : numbers.own_speedup;
}

std::string baseline_of(const Case& at) {
  if (is_known(at.numbers->serial_speedup)) return at.numbers->serial.name;
  return at.numbers->own.point >= 0 ? "one worker" : at.numbers->own.name + " (not measured)";
}

const Bracketed& efficiency_of(const Case& at) {
  const ScalingRow& numbers = *at.numbers;
  return is_known(numbers.serial_speedup) ? numbers.serial_efficiency : numbers.own_efficiency;
}

Times time_of(const Case& at) {
  return {{name_of_time(at.row->point), at.numbers->marks}};
}

Times times_of_speedup(const Case& at) {
  const ScalingRow& numbers = *at.numbers;
  return with_baseline(at, is_known(numbers.serial_speedup) ? numbers.serial : numbers.own);
}

Times times_over_own(const Case& at) {
  return with_baseline(at, at.numbers->own);
}

Times times_with_ceiling(const Case& at) {
  Times out = time_of(at);
  out[fmt::format("ceiling of {}", at.row->point)] = at.numbers->ceiling_marks;
  return out;
}

std::string kinds_text(const std::vector<const CaseGroup*>& groups) {
  std::size_t weak = 0;
  for (const CaseGroup* group : groups) weak += group->first().scaling == Scaling::weak ? 1 : 0;
  if (groups.empty() || !groups.front()->beside_other_kind) return "";
  if (weak == 0) return " (all strong)";
  if (weak == groups.size()) return " (all weak)";
  return fmt::format(" ({} strong, {} weak)", groups.size() - weak, weak);
}

std::optional<Case> best_of(const CaseGroup& group) {
  std::optional<Case> best;
  for (const Case& at : group.cases) {
    if (at.numbers->workers <= 1 || !is_known(speedup_of(at))) continue;
    if (!best || speedup_of(at).value > speedup_of(*best).value) best = at;
  }
  return best;
}

std::string way_of(const Case& at) {
  return way_label(*at.point);
}

std::string workers_of(const Case& at) {
  return counted(static_cast<std::size_t>(at.numbers->workers), "worker");
}

std::string shown(const Bracketed& quantity) {
  return speedup_interval(quantity.value, interval_of(quantity));
}

Draft finding(FindingKind kind, std::string text, const Bracketed& number, const Case& at,
              Times times) {
  Draft out;
  Finding& said = out.finding;
  said.kind = to_string(kind);
  said.text = std::move(text);
  said.value = number.value;
  said.low = number.low;
  said.high = number.high;
  if (at.series != nullptr) said.series = at.series->series.id;
  if (at.row != nullptr) {
    said.point = at.row->point;
    times.merge(time_of(at));
  }
  for (const auto& [time, marks] : times) said.marks = joined_marks({said.marks, marks});
  out.times = std::move(times);
  return out;
}

}  // namespace scalelaw::harness
