#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/analysis/findings.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {

// Campaigns for the tests of findings, and what is found in them.

inline SyntheticPhases phases(double serial_s, double parallel_s, double workers) {
  return {.prepare_s = serial_s, .compute_s = parallel_s / workers};
}

/// Serial and OpenMP on 1, 2, 4 and 8 threads by Amdahl's law: all that a good file has.
inline SyntheticCampaign good(double noise = 0.001) {
  SyntheticCampaign out(1, 10, noise);
  out.results().target_interval = 0.02;
  out.add(0, "k", models::serial, {1, 1, 1}, phases(0.02, 0.98, 1));
  for (const std::int64_t p : {1, 2, 4, 8}) {
    out.add(1, "k", models::openmp, {1, 1, p}, phases(0.02, 0.98, static_cast<double>(p)));
  }
  return out;
}

/// The same under MPI, `slower` times as long.
inline void add_ranks(SyntheticCampaign& out, double slower) {
  for (const std::int64_t p : {1, 2, 4, 8}) {
    out.add(2, "k", models::mpi, {1, p, 1},
            phases(0.02 * slower, 0.98 * slower, static_cast<double>(p)));
  }
}

inline std::vector<Finding> found(const Results& results) {
  return make_report(results).findings;
}

/// The finding of a kind; an empty one without it.
inline Finding of_kind(const Results& results, FindingKind kind) {
  for (const Finding& finding : found(results)) {
    if (finding.kind == to_string(kind)) return finding;
  }
  return {};
}

inline void expect_says(const Finding& finding, const std::string& part) {
  EXPECT_NE(finding.text.find(part), std::string::npos) << part << "\n" << finding.text;
}

}  // namespace scalelaw::harness
