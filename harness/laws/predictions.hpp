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

/// Everything that the laws say about one series.
struct SeriesLaws {
  std::vector<LawFit> fits;             ///< in the order of laws_for()
  std::vector<Prediction> predictions;  ///< a_priori, fitted, held_out; combined: held_out only
  std::optional<SerialShare> a_priori;  ///< from the phases at one worker
  std::string a_priori_missing;         ///< why there is none
  double base_s = 0;                    ///< what all these speedups divide, seconds
  /// Where one worker was not measured: how its time was found, e.g. "by Amdahl".
  std::string base_by;
  double one_pass_variance = 0;  ///< of the log time of a single pass at one worker
  /// Law names, best first, by the size of their held-out error.  Laws without one are omitted.
  std::vector<std::string> ranking;
  /// The combined prediction; nothing for a model that does not scale.
  std::optional<Combined> combined;
};

/// The name of the combined prediction in Prediction::law.
inline constexpr std::string_view combined_name = "combined";

/// The laws that predict the series from its one worker, the simplest first: one with the serial
/// share alone, then one with the messages, where these were measured.
std::vector<const Law*> a_priori_laws(const Series& series);

/// The laws fitted and combined, without predictions and ranking.
SeriesLaws fit_laws(const Series& series, const SampleIndex& samples);

/// Which predictions of measured points are made.  Each has a band from a bootstrap, and these take
/// most of the time of a report.
enum class Judged {
  for_findings,  ///< a priori, and the simplest law's of the largest p: what findings judge
  all            ///< those of every law, fitted and held out
};

/// Fits and predicts.  Speedups are against the series' own one worker.  Without its time, they are
/// against the time of one worker by the first law that can be fitted, or else the time of the
/// fewest workers, scaled to one as if they lost nothing.  Weak series have scaled speedups.
/// `measured` is the ratio of medians that tables show.  The ranking needs Judged::all.
/// Cost: about 1 ms per law, and a third of this for findings alone.
SeriesLaws apply_laws(const Series& series, const SampleIndex& samples,
                      Judged judged = Judged::all);

/// The combined prediction at `load`, which need not be measured, then the baselines.  Nothing when
/// fewer than two worker counts were measured.
std::vector<Prediction> extrapolate_combined(const Series& series, const SeriesLaws& laws,
                                             const Load& load);

/// Tells whether a law is wanted, by its name.
using LawFilter = std::function<bool(std::string_view)>;

/// The a priori prediction (kind a_priori) and each fitted law's prediction (kind extrapolated) at
/// `load`.  Laws that are not identifiable or not wanted are omitted.
std::vector<Prediction> extrapolate(
    const Series& series, const SeriesLaws& laws, const Load& load,
    const LawFilter& wanted = [](std::string_view) { return true; });

/// Appends the stored rows about a series' laws.
void append_rows(const Series& series, const SeriesLaws& laws, std::vector<Fit>& fits,
                 std::vector<Prediction>& predictions);

}  // namespace scalelaw::harness
