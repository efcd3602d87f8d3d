#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/field.hpp"
#include "common/schedule.hpp"

namespace scalelaw::driver {

/// Where the input is when a pass starts.
enum class Data {
  local,    ///< each worker holds its part; nothing moves
  scatter,  ///< the root holds all of it and sends it out inside the timed pass
  file      ///< in an HDF5 file or a folder; each rank reads its part inside the timed pass
};
constexpr auto enum_names(Data) {
  return std::array<std::string_view, 3>{"local", "scatter", "file"};
}

/// How items are distributed to ranks.
enum class Distribution {
  block,   ///< one contiguous part each
  dynamic  ///< the next chunk from a one-sided counter
};
constexpr auto enum_names(Distribution) {
  return std::array<std::string_view, 2>{"block", "dynamic"};
}

/// How parts of the result reach the root.
enum class Combine {
  automatic,  ///< it reads those of its host where they lie, and receives the others
  messages
};
constexpr auto enum_names(Combine) {
  return std::array<std::string_view, 2>{"auto", "messages"};
}

/// What a pass does.
enum class Mode {
  data,     ///< from input in memory to the result in memory
  pipeline  ///< from input files to output files, with overlapped stages
};
constexpr auto enum_names(Mode) {
  return std::array<std::string_view, 2>{"data", "pipeline"};
}

/// The code path of the kernels: the best that the processor supports, or one by name.
enum class IsaChoice { automatic, scalar, neon, avx2, avx512 };
constexpr auto enum_names(IsaChoice) {
  return std::array<std::string_view, 5>{"auto", "scalar", "neon", "avx2", "avx512"};
}

/// Where the distances come from at which loops prefetch (numerics/tuning.hpp).
enum class TuningFrom {
  automatic,  ///< the table of the processor's family; for an unknown one a calibration
  table,
  calibrate,  ///< a new calibration, whatever is known
  given       ///< --prefetch-bytes
};
constexpr auto enum_names(TuningFrom) {
  return std::array<std::string_view, 4>{"auto", "table", "calibrate", "given"};
}

/// The most threads per process: far more than a machine has cores, and fewer than make OpenMP
/// libraries run out of stack when they start a team.
inline constexpr std::int64_t most_threads = 16384;

/// The options of every driver apart from its kernel's parameters.  The first part is required by
/// the contract (docs/record.md); the second part are the options of this project's drivers,
/// declared in driver_options.cpp.
struct Options {
  std::int64_t warmups = 1;
  std::int64_t samples = 5;
  std::int64_t diagnostics = 0;
  std::int64_t batch = 0;    ///< passes per sample; 0: automatic
  std::int64_t threads = 0;  ///< 0: the model's default
  std::int64_t seed = 1;
  std::string record;     ///< the file that rank 0 writes; empty: none
  bool describe = false;  ///< print the work model, measure nothing
  bool check = false;     ///< check inputs and outputs without computing

  Schedule schedule;
  Mode mode = Mode::data;
  Data data = Data::local;
  Distribution distribution = Distribution::block;
  std::int64_t rank_chunk = 0;  ///< items per chunk of dynamic distribution; 0: 1/64 of a share
  bool overlap = false;         ///< scatter in chunks and compute while more arrive
  Combine combine = Combine::automatic;
  IsaChoice isa = IsaChoice::automatic;
  TuningFrom tuning = TuningFrom::automatic;
  std::int64_t prefetch_bytes = 256;
};

/// The part of the input that a rank holds.
enum class Part { whole, share, nothing };
constexpr auto enum_names(Part) {
  return std::array<std::string_view, 3>{"whole", "share", "nothing"};
}

/// The parts that the root and the other ranks hold.
struct Holds {
  Part root = Part::share;
  Part others = Part::share;
};
Holds holds_of(const Options& options);

}  // namespace scalelaw::driver
