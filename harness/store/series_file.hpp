#pragma once

#include <string>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Reads times that were measured elsewhere from a CSV file with a header.  The columns are `p` and
/// `seconds`, and optionally `series` (a name), `scaling` (strong or weak) and `repetition` (its
/// number, not used).  Each row becomes a launch with one sample.  Workers count as ranks.  In weak
/// series the work is assumed to be proportional to p.  `path` may be "-" for stdin.
/// Errors: throws Error with the line when a column is missing, a value is not a positive number,
///         or p is not a whole number.
Results read_series(const std::string& path);

/// The same from text; `name` stands for the file in messages and results.
Results series_from(const std::string& text, const std::string& name);

}  // namespace scalelaw::harness
