#pragma once

#include "harness/results/results.hpp"
#include "harness/store/hdf5_file.hpp"

namespace scalelaw::harness {

// Files of schema 1 as today's data.  Nothing else knows what they looked like.

/// Completes a point of such a file: gives its model, which is only a name, the model's features,
/// and its work what its options say about it.  Leaves a current point unchanged.
void complete_schema_1(Point& point);

/// Gives the header of a launch the options that its driver used.
void complete_schema_1(Launch& launch);

/// Whether the phases of a file are columns of /samples and /ranks, not rows of their own.
bool has_phase_columns(const Hdf5File& file);

/// Gives the samples and ranks, which are in the order of the file, the phases of these columns.
void read_phase_columns(const Hdf5File& file, Results& results);

}  // namespace scalelaw::harness
