#pragma once

#include <string>
#include <vector>

#include "harness/render/layout.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Which of serial, OpenMP, MPI and hybrid is fastest for which sizes, where they cross over, and
/// why.
std::vector<Section> advise_sections(const Results& results);
/// The same as JSON.
std::string advise_json(const Results& results);

}  // namespace scalelaw::harness
