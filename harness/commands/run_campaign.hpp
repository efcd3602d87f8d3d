#pragma once

#include <string>

#include "harness/commands/prepare.hpp"
#include "harness/commands/retry.hpp"

namespace scalelaw::harness {

/// What `scalelaw run` is asked for.
struct RunChoice {
  CampaignChoice campaign;
  std::string output;
  std::string junit;  ///< a file for continuous integration; empty: none
  bool dry_run = false;
  bool resume = false;
  bool overwrite = false;
  bool quiet = false;
  RetryWords retry;
};

/// How a run of a campaign ended.
struct RunEnd {
  int exit_code = 0;
  std::string output;     ///< the results file; empty after a dry run
  bool complete = false;  ///< no point is left to be measured
};

/// Measures the campaign and writes its results file, or resumes one that was stopped.  Prints
/// progress, and what became of the points.
/// Errors: throws Error for whatever is wrong with the input or the output.
RunEnd run_campaign(const RunChoice& choice);

}  // namespace scalelaw::harness
