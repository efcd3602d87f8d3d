#pragma once

#include <cstdint>

namespace scalelaw::driver {

/// The number of passes per sample: as requested, or enough for the clock's resolution.
///
/// The automatic choice makes a sample 10000 steps of the clock long, ten times what the harness
/// requires.  On a busy machine all passes of a warm-up may be slow, so the samples decide: if one
/// is too short, the number is raised and all samples are taken again.
class Batch {
 public:
  /// `asked`: passes per sample; 0: automatic.  `resolution_s`: the clock's smallest step.
  Batch(std::int64_t asked, double resolution_s);

  [[nodiscard]] bool is_automatic() const { return automatic_; }
  [[nodiscard]] std::int64_t passes() const { return passes_; }

  /// True for a pass so short that a few more cost nothing and may be faster.
  [[nodiscard]] bool is_short(double pass_s) const;

  /// Chooses the number of passes from the fastest pass so far.
  void choose(double pass_s);

  /// Checks a sample's seconds per pass.  Returns true when it was too short and the number of
  /// passes has been raised; at most ten times, and never when the number was requested.
  [[nodiscard]] bool raise_after(double pass_s);

 private:
  [[nodiscard]] std::int64_t enough(double pass_s) const;

  double resolution_s_;
  bool automatic_;
  std::int64_t passes_;
  int raises_left_ = 10;
};

}  // namespace scalelaw::driver
