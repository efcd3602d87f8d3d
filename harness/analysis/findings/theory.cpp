#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

constexpr double close_enough = 0.1;  // of what was measured

/// The prediction of a law for a point, from other points.
struct Forecast {
  const CaseGroup* group = nullptr;
  Case at;
  Prediction said;
  std::string law;  ///< as people write it
};

/// The prediction of a case that used the least data: from one worker alone, with the messages
/// where their time was measured.  Without such a prediction, the one from fewer workers.
std::optional<Prediction> foreseen(const Case& at) {
  const ReportRow& row = *at.row;
  for (const auto& prediction : {row.a_priori_messages, row.a_priori, row.held_out}) {
    if (prediction && std::isfinite(prediction->error)) return prediction;
  }
  return std::nullopt;
}

std::string title_of(const SeriesLaws& laws, const std::string& name) {
  for (const LawFit& fit : laws.fits) {
    if (fit.law().name == name) return std::string(fit.law().title);
  }
  return name;
}

/// Simulations are no test of a theory; where laws leave them is another finding.
std::vector<CaseGroup> measured_groups(const Report& report) {
  std::vector<CaseGroup> groups = case_groups(report);
  std::erase_if(
      groups, [](const CaseGroup& group) { return group.first().clock == TimeSource::simulated; });
  return groups;
}

/// One forecast for each series, at its largest number of workers.
std::vector<Forecast> forecasts(const std::vector<CaseGroup>& groups) {
  std::vector<Forecast> out;
  for (const CaseGroup& group : groups) {
    for (const Case& at : group.cases) {
      const auto said = foreseen(at);
      if (at.numbers->workers <= 1 || !said) continue;
      Forecast forecast{&group, at, *said, title_of(at.series->laws, said->law)};
      if (!out.empty() && out.back().at.series == at.series) {
        if (out.back().at.numbers->workers <= at.numbers->workers) out.back() = forecast;
      } else {
        out.push_back(forecast);
      }
    }
  }
  return out;
}

/// Whether a series has a time at several worker counts.
bool some_series_scales(const std::vector<CaseGroup>& groups) {
  std::map<const ReportSeries*, std::set<std::int64_t>> counts;
  for (const CaseGroup& group : groups) {
    for (const Case& at : group.cases) counts[at.series].insert(at.numbers->workers);
  }
  return std::any_of(counts.begin(), counts.end(),
                     [](const auto& entry) { return entry.second.size() > 1; });
}

std::string source_of(const Prediction& said) {
  return said.kind == PredictionKind::held_out ? "fitted to fewer workers" : "a priori";
}

std::string numbers_of(const Forecast& f) {
  return fmt::format("{} {}: predicted {:.2f} times its own one worker ({} {}), measured {:.2f}",
                     f.group->name(), way_of(f.at), f.said.speedup, f.law, source_of(f.said),
                     f.said.measured);
}

/// Whether the measurement was inside the band.  Without a band, only the error can decide.
bool inside(const Prediction& said) {
  return std::isnan(said.low) || said.inside;
}

bool is_near(const Prediction& said) {
  return std::abs(said.error) <= close_enough;
}

/// Whether theory foresaw the time.  A prediction that is far off does not count, even inside a
/// wide band.
bool saw_it(const Forecast& f) {
  return inside(f.said) && is_near(f.said);
}

/// "9.8 % too high".
std::string off_by(const Prediction& said) {
  return fmt::format("{} too {}", percent(std::abs(said.error), 1),
                     said.error > 0 ? "high" : "low");
}

/// Both facts that decide: "15.0 % too high: more than 10 % off, although inside its 95 % band [3.10,
/// 9.20]".
std::string judgement_of(const Forecast& f) {
  const Prediction& said = f.said;
  const bool near = is_near(said);
  const std::string off = fmt::format(
      "{} too {}: {} {}{}", percent(std::abs(said.error), 1), said.error > 0 ? "high" : "low",
      near ? "within" : "more than", percent(close_enough), near ? "" : " off");
  if (std::isnan(said.low)) return off + ", without a band";
  const char* link = near == said.inside ? "and" : near ? "but" : "although";
  return fmt::format("{}, {} {} its 95 % band [{}, {}]", off, link,
                     said.inside ? "inside" : "outside", two_decimals(said.low),
                     two_decimals(said.high));
}

std::string of_one(const Forecast& f) {
  return fmt::format("Theory {}: {}, {}.", saw_it(f) ? "saw it coming" : "did not see it coming",
                     numbers_of(f), judgement_of(f));
}

std::string of_many(const std::vector<Forecast>& all, const Forecast& worst) {
  const auto seen = std::count_if(all.begin(), all.end(), saw_it);
  std::vector<const CaseGroup*> groups;
  for (const Forecast& one : all) groups.push_back(one.group);
  const std::string band = std::isnan(worst.said.low) ? "without a band"
                           : worst.said.inside        ? "inside its band"
                                                      : "outside its band";
  return fmt::format(
      "Theory saw {} of {} series{} coming, within {} and the band; worst is {}: {}, "
      "{}.",
      seen, all.size(), kinds_text(groups), percent(close_enough), numbers_of(worst),
      off_by(worst.said), band);
}

}  // namespace

std::vector<Draft> theory(const Report& report) {
  const std::vector<CaseGroup> groups = measured_groups(report);
  const std::vector<Forecast> all = forecasts(groups);
  if (all.empty()) {
    if (!some_series_scales(groups)) return {};
    return {finding(FindingKind::theory,
                    "Theory was not put to the test: no series has both a time at one worker with "
                    "its phases and a time at more.")};
  }
  const Forecast& worst =
      *std::max_element(all.begin(), all.end(), [](const Forecast& a, const Forecast& b) {
        return std::abs(a.said.error) < std::abs(b.said.error);
      });
  return {finding(FindingKind::theory, all.size() == 1 ? of_one(worst) : of_many(all, worst),
                  {.value = worst.said.error}, worst.at, times_over_own(worst.at))};
}

}  // namespace scalelaw::harness
