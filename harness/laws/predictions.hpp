#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/laws/efficiency.hpp"
#include "harness/laws/series.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// All that the laws say about one series.
struct SeriesLaws {
  std::vector<LawFit> fits;             ///< in the order of laws_for()
  std::vector<Prediction> predictions;  ///< a_priori, fitted, held_out
  std::optional<SerialShare> a_priori;  ///< from the phases at one worker
  std::string a_priori_missing;         ///< why there is none
  double base_s = 0;                    ///< what all these speedups divide, seconds
  double one_pass_variance = 0;         ///< of the log time of a single pass at one worker
  /// Law names, best first, by the size of their held-out error; laws without one are left out.
  std::vector<std::string> ranking;
};

/// The laws that predict the series from its one worker, the simplest first: the serial share
/// alone, then with the messages where these were measured.
std::vector<const Law*> a_priori_laws(const Series& series);

/// Fits and predicts.  Speedups are against the series' own one worker (without one: against what
/// the first law that can be fitted says about it), scaled ones on weak series.  `measured` is the
/// ratio of medians that tables show.
/// Cost: about 10 ms a law.
SeriesLaws apply_laws(const Series& series, const SampleIndex& samples);

/// The a priori prediction (kind a_priori) and each fitted law's (kind extrapolated) at `load`,
/// which need not be measured; laws that are not identifiable are left out.
std::vector<Prediction> extrapolate(const Series& series, const SeriesLaws& laws, const Load& load);

/// Fills results.fits and results.predictions from its samples: what is stored.
void add_laws(Results& results);

}  // namespace scalelaw::harness
