#pragma once

#include <string>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Times that were measured elsewhere, from a CSV file with a header: `p` and `seconds`; optional
/// `series` (a name), `scaling` (strong or weak) and `repetition` (its number, not used).  Each row
/// is a launch with one sample.  Workers are taken as ranks, and in weak series the work as
/// proportional to p.  `path` may be "-" for stdin.
/// Errors: throws Error with the line when a column is missing, a value is not a positive number,
///         or p is not a whole one.
Results read_series(const std::string& path);

/// The same from text; `name` stands for the file in messages and results.
Results series_from(const std::string& text, const std::string& name);

}  // namespace scalelaw::harness
