#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/outlook.hpp"
#include "harness/laws/distance.hpp"

namespace scalelaw::harness {

/// A requested worker count, as seen from one series.
struct Target {
  std::int64_t workers = 0;
  double factor = 1;     ///< times the largest measured p
  bool refused = false;  ///< beyond too_far, without --far
};

/// How more measuring would narrow the band of one target.
struct NextMeasurement {
  std::int64_t target = 0;   ///< whose band it is
  std::int64_t workers = 0;  ///< measure this p; 0: more launches of what there is
  double times_now = 1;      ///< how many times longer than predicted it may take, now
  double times_then = 1;     ///< and after measuring
};

/// The number of workers up to which the efficiency stays above a level.  Infinity: as far as was
/// looked.
struct EfficientUpTo {
  double level = 0;
  double workers = 0, low = 0, high = 0;  ///< 95 %
  double looked_to = 0;                   ///< workers
  double against = 1;                     ///< the workers whose efficiency is 1
};

/// The targets of `question` for a series with these laws.
std::vector<Target> targets_of(const SeriesLaws& laws, const Question& question);

/// The step that narrows the band of the farthest target most.  It is another worker count, at most
/// twice the largest, which shortens the distance; or twice the launches, which divides the noise
/// by the root of two.  Nothing without a target beyond the measured points.
std::optional<NextMeasurement> next_measurement(const Series& series, const SeriesLaws& laws,
                                                const std::vector<Target>& targets);

/// The answer of the combined prediction, against one worker (where that was not measured, against
/// the fewest workers).  It looks as far as predictions are made.  Nothing when there is no
/// combined prediction.
std::optional<EfficientUpTo> efficient_up_to(const Series& series, const SeriesLaws& laws,
                                             double level, bool far);

/// A series as `question` needs it, and the part of it that is held out.
struct View {
  Series series;
  Question question;                       ///< its workers are those of the series
  std::optional<Series::Member> held_out;  ///< the largest p, when it was held out
};

/// All predictions for one view.
struct Foresight {
  SeriesLaws laws;
  std::vector<Target> targets;
  std::vector<Outlook> rows;             ///< of the targets that are not refused
  std::vector<EfficientUpTo> efficient;  ///< one for each efficiency of the question
  std::optional<NextMeasurement> next;
};

Foresight foresight_of(const View& view, const SampleIndex& samples);

/// "mpi 1x2x1 not_converged, busy; mpi 1x4x1 busy": the marked points behind a series' laws.
std::string marked_points(const Results& results, const std::vector<Summary>& summaries,
                          const Series& series);

/// The series of `results` as the question needs them.  When points are held out, each series is
/// asked about its own largest p, and series with fewer than two remaining worker counts are
/// omitted.
std::vector<View> views_of(const Results& results, const Question& question);

/// What may be asked for by name: "combined", each law, and "all".
std::vector<std::string> law_words();

/// Errors: throws Error when every series refuses every target, a law is unknown, or so many points
/// are held out that no series is left.
void check_question(const Results& results, const Question& question);

}  // namespace scalelaw::harness
