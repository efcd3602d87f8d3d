#pragma once

#include <string>

namespace scalelaw::harness {

/// How sbatch took a job script.  A refusal is data: what to do about it depends on which job it
/// was of.
struct Submission {
  std::string id;     ///< the job's number; empty: there is none
  std::string fault;  ///< why not
  std::string hint;
  bool unsure = false;  ///< sbatch did not end as it should: the job may be queued all the same
};

/// Asks sbatch to queue `script`.
Submission submit_script(const std::string& script);

/// The number in what `sbatch --parsable` printed, "NUMBER" or "NUMBER;CLUSTER" on a line that may
/// have a site's own words before it; empty: there is none.
std::string job_number(const std::string& printed);

}  // namespace scalelaw::harness
