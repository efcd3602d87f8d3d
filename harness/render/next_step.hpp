#pragma once

#include <string>
#include <vector>

#include "harness/analysis/forecast.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

/// How a shell calls this program on a results file.
struct NextCommands {
  std::string init;  ///< writes the file's config again; options follow
  std::string run;   ///< measures what it wrote
};

/// What to measure next for one series.
struct NextStep {
  const Series* series = nullptr;
  NextMeasurement next;
};

/// One sentence, of the series whose band it narrows most, and one command that measures the next
/// step of every series.  A file without a config gets no command.  Empty without a step.
std::vector<Section> next_step_sections(const Results& results, const std::vector<NextStep>& steps,
                                        const NextCommands& commands);

}  // namespace scalelaw::harness
