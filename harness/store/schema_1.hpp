#pragma once

#include "harness/results/results.hpp"
#include "harness/store/hdf5_file.hpp"

namespace scalelaw::harness {

// Converts files of schema 1 to today's data.  No other code knows their format.

/// Completes a point of such a file: adds the features of its model, which is only a name there,
/// and what its options say about its work.  Leaves a current point unchanged.
void complete_schema_1(Point& point);

/// Adds the options that a launch's driver used to the launch's header.
void complete_schema_1(Launch& launch);

/// Whether the phases of a file are columns of /samples and /ranks, not rows of their own.
bool has_phase_columns(const Hdf5File& file);

/// Adds the phases in these columns to the samples and ranks, which are in the order of the file.
void read_phase_columns(const Hdf5File& file, Results& results);

}  // namespace scalelaw::harness
