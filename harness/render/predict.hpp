#pragma once

#include <string>
#include <vector>

#include "harness/analysis/outlook.hpp"
#include "harness/render/layout.hpp"
#include "harness/render/next_step.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Predictions for worker counts that were not measured, with 95 % bands: the combined prediction,
/// the baselines and the requested laws.  Also how far off such predictions usually are, and what
/// to measure next.  One section per series that scales.
std::vector<Section> predict_sections(const Results& results, const Question& question,
                                      const NextCommands& commands = {});

/// The same as JSON.
std::string predict_json(const Results& results, const Question& question);

}  // namespace scalelaw::harness
