#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/laws/combined.hpp"
#include "harness/laws/efficiency.hpp"
#include "harness/laws/series.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// All that the laws say about one series.
struct SeriesLaws {
  std::vector<LawFit> fits;             ///< in the order of laws_for()
  std::vector<Prediction> predictions;  ///< a_priori, fitted, held_out; combined: held_out only
  std::optional<SerialShare> a_priori;  ///< from the phases at one worker
  std::string a_priori_missing;         ///< why there is none
  double base_s = 0;                    ///< what all these speedups divide, seconds
  double one_pass_variance = 0;         ///< of the log time of a single pass at one worker
  /// Law names, best first, by the size of their held-out error; laws without one are left out.
  std::vector<std::string> ranking;
  /// Nothing for a model that does not scale.
  std::optional<Combined> combined;
};

/// What Prediction::law says of the combined prediction.
inline constexpr std::string_view combined_name = "combined";

/// The laws that predict the series from its one worker, the simplest first: the serial share
/// alone, then with the messages where these were measured.
std::vector<const Law*> a_priori_laws(const Series& series);

/// The laws fitted and combined, without predictions and ranking.
SeriesLaws fit_laws(const Series& series, const SampleIndex& samples);

/// Fits and predicts.  Speedups are against the series' own one worker (without one: against what
/// the first law that can be fitted says about it), scaled ones on weak series.  `measured` is the
/// ratio of medians that tables show.
/// Cost: about 10 ms a law.
SeriesLaws apply_laws(const Series& series, const SampleIndex& samples);

/// The combined prediction at `load`, which need not be measured, then the baselines; nothing when
/// fewer than two worker counts were measured.
std::vector<Prediction> extrapolate_combined(const Series& series, const SeriesLaws& laws,
                                             const Load& load);

/// Whether a law, by its name, is asked for.
using LawFilter = std::function<bool(std::string_view)>;

/// The a priori prediction (kind a_priori) and each fitted law's (kind extrapolated) at `load`;
/// laws that are not identifiable or not wanted are left out.
std::vector<Prediction> extrapolate(
    const Series& series, const SeriesLaws& laws, const Load& load,
    const LawFilter& wanted = [](std::string_view) { return true; });

/// Appends what is stored of a series' laws.
void append_rows(const Series& series, const SeriesLaws& laws, std::vector<Fit>& fits,
                 std::vector<Prediction>& predictions);

/// Fills results.fits and results.predictions from its samples, for tests of the laws alone.
void add_laws(Results& results);

}  // namespace scalelaw::harness
