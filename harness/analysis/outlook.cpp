#include "harness/analysis/outlook.hpp"

#include <algorithm>

#include "harness/laws/reach.hpp"

namespace scalelaw::harness {

namespace {

/// A row without numbers.
Outlook outlook_of(std::string_view name, std::string_view title, PredictionKind kind,
                   const std::string& reason) {
  Outlook outlook;
  outlook.title = title;
  outlook.law = name;
  outlook.kind = kind;
  outlook.reason = reason;
  return outlook;
}

/// The combined prediction and the baselines.
std::vector<Outlook> combined_outlooks(const Series& series, const SeriesLaws& laws) {
  const bool possible = laws.combined && laws.combined->possible();
  const std::string reason = possible ? "" : "it needs two worker counts that were measured";
  std::vector<Outlook> out{
      outlook_of(combined_name, combined_name, PredictionKind::extrapolated, reason)};
  if (!possible) return out;
  for (const Continuation& baseline : baselines(series.first->scaling)) {
    out.push_back(outlook_of(baseline.name, baseline.title, PredictionKind::extrapolated, ""));
  }
  return out;
}

/// The a priori laws.  Where they are unknown, the row of the simplest says why.
std::vector<Outlook> a_priori_outlooks(const Series& series, const SeriesLaws& laws,
                                       const LawFilter& wanted) {
  std::vector<Outlook> out;
  for (const Law* law : a_priori_laws(series)) {
    if (!wanted(law->name)) continue;
    if (!out.empty() && !laws.a_priori) break;
    out.push_back(
        outlook_of(law->name, law->title, PredictionKind::a_priori, laws.a_priori_missing));
    out.back().title += ", a priori";
  }
  return out;
}

void add_fitted(const Series& series, const SeriesLaws& laws, const LawFilter& wanted,
                std::vector<Outlook>& out) {
  for (const LawFit& fit : laws.fits) {
    if (!wanted(fit.law().name)) continue;
    Outlook outlook =
        outlook_of(fit.law().name, fit.law().title, PredictionKind::extrapolated, fit.reason());
    if (fit.identifiable()) {
      outlook.peak = peak_workers(fit, series);
      outlook.half = half_efficiency_workers(fit, series);
    }
    out.push_back(outlook);
  }
}

}  // namespace

std::vector<Outlook> outlooks(const Series& series, const SeriesLaws& laws,
                              const std::vector<std::int64_t>& workers,
                              const std::vector<std::string>& wanted) {
  const LawFilter filter = [&](std::string_view name) {
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](const std::string& w) { return w == name || w == "all"; });
  };
  std::vector<Outlook> out = combined_outlooks(series, laws);
  for (Outlook& row : a_priori_outlooks(series, laws, filter)) out.push_back(std::move(row));
  add_fitted(series, laws, filter, out);
  for (const std::int64_t p : workers) {
    const Load load = load_of(series, static_cast<double>(p));
    std::vector<Prediction> all = extrapolate_combined(series, laws, load);
    for (Prediction& one : extrapolate(series, laws, load, filter)) all.push_back(std::move(one));
    for (const Prediction& prediction : all) {
      for (Outlook& outlook : out) {
        if (outlook.law == prediction.law && outlook.kind == prediction.kind) {
          outlook.predictions.push_back(prediction);
        }
      }
    }
  }
  return out;
}

std::vector<Series> scaling_series(const Results& results) {
  std::vector<Series> out = series_of(results, summarize_all(results));
  std::erase_if(
      out, [](const Series& s) { return !s.first->model.is_parallel() || s.members.size() < 2; });
  return out;
}

}  // namespace scalelaw::harness
