#pragma once

#include "harness/laws/predictions.hpp"

namespace scalelaw::harness {

/// Fills results.fits and results.predictions from its samples, without a report.
inline void add_laws(Results& results) {
  results.fits.clear();
  results.predictions.clear();
  const std::vector<Summary> summaries = summarize_all(results);
  const SampleIndex samples = index_samples(results);
  for (const Series& series : series_of(results, summaries)) {
    append_rows(series, apply_laws(series, samples), results.fits, results.predictions);
  }
}

}  // namespace scalelaw::harness
