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

/// A results file that was compared with another.
struct ComparedFile {
  std::string name;  ///< as the command line has it
  const Results* results = nullptr;
  Comparison comparison;
};

// The same for several files compared with one `base`.  For one file, they are what the functions
// above return.

/// Several files: a table of how many points of each became slower, then each comparison.
std::vector<Section> compare_sections(const std::vector<ComparedFile>& files, const Results& base);
/// Several files: an object with a list of comparisons.
std::string compare_json(const std::vector<ComparedFile>& files, const Results& base);
/// Several files: the file's name is the first column.
std::string compare_csv(const std::vector<ComparedFile>& files, const Results& base);

}  // namespace scalelaw::harness
