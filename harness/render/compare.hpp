#pragma once

#include <string>
#include <vector>

#include "harness/analysis/compare.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

std::vector<Section> compare_sections(const Comparison& comparison, const Results& base,
                                      const Results& now);
std::string compare_json(const Comparison& comparison, const Results& base, const Results& now);
std::string compare_csv(const Comparison& comparison, const Results& base, const Results& now);

}  // namespace scalelaw::harness
