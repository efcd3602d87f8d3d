#include "harness/analysis/outlook.hpp"

#include <algorithm>

#include "harness/laws/reach.hpp"

namespace scalelaw::harness {

namespace {

/// The a priori laws: Amdahl's or Gustafson's, and where messages were measured, with these.
std::vector<Outlook> a_priori_outlooks(const Series& series, const SeriesLaws& laws) {
  const bool strong = series.first->scaling == Scaling::strong;
  const auto outlook = [&](const Law& law) {
    return Outlook{std::string(law.title) + ", a priori",
                   std::string(law.name),
                   "a_priori",
                   laws.a_priori_missing,
                   {},
                   {},
                   {}};
  };
  std::vector<Outlook> out{outlook(strong ? amdahl() : gustafson())};
  if (series.exchange && laws.a_priori) {
    out.push_back(outlook(strong ? latency_bandwidth() : latency_bandwidth_weak()));
  }
  return out;
}

}  // namespace

std::vector<Outlook> outlooks(const Series& series, const SeriesLaws& laws,
                              const std::vector<std::int64_t>& workers) {
  std::vector<Outlook> out = a_priori_outlooks(series, laws);
  for (const LawFit& fit : laws.fits) {
    Outlook outlook{std::string(fit.law().title),
                    std::string(fit.law().name),
                    "extrapolated",
                    fit.reason(),
                    {},
                    {},
                    {}};
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
