#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "drivers/cli/options.hpp"
#include "drivers/comm/comm.hpp"
#include "kernels/numerics/tuning.hpp"

namespace scalelaw::driver {

/// How a loop streams in this launch, and where that comes from: the name of a processor family
/// whose table has it, `other processors` (the table's for unknown ones), `calibration`, `kept
/// calibration` or `given`.
struct TuningChoice {
  StreamLoop loop{};
  Streaming streaming;
  std::string source;
};

/// For the record's header.
nlohmann::json to_json(const TuningChoice& choice);

/// Items that a loop can be tried on: some of the input, in memory.
struct TrialItems {
  std::int64_t items = 0;                                        ///< numbered from 0
  double bytes = 0;                                              ///< of all of them
  std::function<double(std::int64_t, std::int64_t)> seconds_of;  ///< for items [begin, end)
};

/// Tries the candidates on parts of the input, some milliseconds in all.  Each part is read once,
/// because then it is in a cache.  Nothing where the input is too small for that: it must not fit
/// into `cache_bytes` twice.
std::optional<Streaming> calibrate(StreamLoop loop, const Streaming& usual, const TrialItems& trial,
                                   double cache_bytes);

/// Chooses and selects how `loop` streams (numerics/tuning.hpp).  Collective.  The root calibrates
/// for all ranks with its processor; other ranks have their own table.
TuningChoice choose_tuning(StreamLoop loop, const Options& options, const TrialItems& trial,
                           Comm& comm);

}  // namespace scalelaw::driver
