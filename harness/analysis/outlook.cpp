#include "harness/analysis/outlook.hpp"

#include <algorithm>

#include "harness/laws/reach.hpp"

namespace scalelaw::harness {

namespace {

/// A law's row without numbers.
Outlook outlook_of(const Law& law, PredictionKind kind, const std::string& reason) {
  Outlook outlook;
  outlook.title = law.title;
  outlook.law = law.name;
  outlook.kind = kind;
  outlook.reason = reason;
  return outlook;
}

/// The a priori laws; where they are unknown, the simplest says why.
std::vector<Outlook> a_priori_outlooks(const Series& series, const SeriesLaws& laws) {
  std::vector<Outlook> out;
  for (const Law* law : a_priori_laws(series)) {
    if (!out.empty() && !laws.a_priori) break;
    out.push_back(outlook_of(*law, PredictionKind::a_priori, laws.a_priori_missing));
    out.back().title += ", a priori";
  }
  return out;
}

}  // namespace

std::vector<Outlook> outlooks(const Series& series, const SeriesLaws& laws,
                              const std::vector<std::int64_t>& workers) {
  std::vector<Outlook> out = a_priori_outlooks(series, laws);
  for (const LawFit& fit : laws.fits) {
    Outlook outlook = outlook_of(fit.law(), PredictionKind::extrapolated, fit.reason());
    if (fit.identifiable()) {
      outlook.peak = peak_workers(fit, series);
      outlook.half = half_efficiency_workers(fit, series);
    }
    out.push_back(outlook);
  }
  for (const std::int64_t p : workers) {
    for (const Prediction& prediction :
         extrapolate(series, laws, load_of(series, static_cast<double>(p)))) {
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
