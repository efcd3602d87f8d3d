#pragma once

#include <string>

#include "harness/measure/campaign_run.hpp"

namespace scalelaw::harness {

/// "12/64 points, dot_product openmp 1x1x2 weak, 3 min left".
std::string progress_text(const Progress& progress);

/// A line on stderr that is rewritten as work proceeds, only when stderr is a terminal.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const Progress& progress);

 private:
  bool terminal_;
  bool shown_ = false;
};

}  // namespace scalelaw::harness
