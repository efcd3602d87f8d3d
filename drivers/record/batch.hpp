#pragma once

#include <cstdint>

namespace scalelaw::driver {

/// How many passes make a sample: as many as asked for, or so many that the clock can time it.
///
/// Chosen for 10000 steps of the clock, ten times what the harness asks for.  The passes of a
/// warm-up on a busy machine may all be slow, so samples have the last word: one that comes out too
/// short raises the number, and all samples are to be taken again.
class Batch {
 public:
  /// `asked`: the passes per sample; 0: to be chosen.  `resolution_s`: the clock's smallest step.
  Batch(std::int64_t asked, double resolution_s);

  [[nodiscard]] bool is_automatic() const { return automatic_; }
  [[nodiscard]] std::int64_t passes() const { return passes_; }

  /// True for a pass so short that a few more cost nothing and may turn out faster.
  [[nodiscard]] bool is_short(double pass_s) const;

  /// Chooses the number of passes from the fastest one so far.
  void choose(double pass_s);

  /// Judges a sample by its seconds per pass.  True when it was too short and the number of passes
  /// has been raised; at most ten times, and never when the number was asked for.
  [[nodiscard]] bool raise_after(double pass_s);

 private:
  [[nodiscard]] std::int64_t enough(double pass_s) const;

  double resolution_s_;
  bool automatic_;
  std::int64_t passes_;
  int raises_left_ = 10;
};

}  // namespace scalelaw::driver
