#pragma once

#include <string>
#include <vector>

#include "harness/exchange/measurement.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// A file with what was read from it.
struct ReadFile {
  std::string name;
  Reading reading;
};

/// Makes results of what was read: a point for each placement of each series, a launch with one
/// sample for each measurement.  Measurements that name the same launch are its samples; equal names
/// in two files are two launches.  In weak series without work it is proportional to the workers.
/// What no file says is "unknown".
/// Errors: throws Error, with the file and the place in it, for measurements that contradict
///         themselves or each other, that occur twice, or that lack what a time needs.
Results gather(const std::vector<ReadFile>& files, const ImportOptions& options);

}  // namespace scalelaw::harness
