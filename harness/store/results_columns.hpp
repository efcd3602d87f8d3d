#pragma once

#include <cstdint>
#include <string>

#include "harness/results/results.hpp"
#include "harness/store/row_table.hpp"

namespace scalelaw::harness {

/// Where a thread could run, from a record's header.
struct Binding {
  std::string host = "unknown";
  std::string cpus = "unknown";
  std::int64_t last_cpu = -1;
};

// The tables of a results file, in the order of the file.

const RowTable<Point>& point_columns();
const RowTable<Launch>& launch_columns();
const RowTable<Sample>& sample_columns();
const RowTable<Phase>& phase_columns();
const RowTable<RankTimes>& rank_columns();
const RowTable<double>& phase_time_columns();  ///< the seconds of a rank's phase
const RowTable<double>& thread_columns();      ///< the busy seconds of a thread
const RowTable<StageTime>& stage_columns();
const RowTable<Binding>& binding_columns();

// Those that are derived from the tables above.

const RowTable<ScalingRow>& scaling_columns();
const RowTable<AccountRow>& account_columns();
const RowTable<Fit>& fit_columns();
const RowTable<Prediction>& prediction_columns();
const RowTable<Finding>& finding_columns();

}  // namespace scalelaw::harness
