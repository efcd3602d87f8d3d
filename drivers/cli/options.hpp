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
  local,    ///< each worker holds its part; nothing is moved
  scatter,  ///< the root holds all of it; sent out inside the timed pass
  file      ///< in an HDF5 file or a folder; each rank reads its part inside the timed pass
};
constexpr auto enum_names(Data) {
  return std::array<std::string_view, 3>{"local", "scatter", "file"};
}

/// How items are dealt to ranks.
enum class Distribution {
  block,   ///< one contiguous part each
  dynamic  ///< the next chunk from a one-sided counter
};
constexpr auto enum_names(Distribution) {
  return std::array<std::string_view, 2>{"block", "dynamic"};
}

/// What a pass is.
enum class Mode {
  data,     ///< from input in memory to the result in memory
  pipeline  ///< from input files to output files, the stages overlapped
};
constexpr auto enum_names(Mode) {
  return std::array<std::string_view, 2>{"data", "pipeline"};
}

/// The code path of the kernels: the best that the processor has, or one by name.
enum class IsaChoice { automatic, scalar, neon, avx2, avx512 };
constexpr auto enum_names(IsaChoice) {
  return std::array<std::string_view, 5>{"auto", "scalar", "neon", "avx2", "avx512"};
}

/// The most threads of a process: far above the cores of a machine, and below where OpenMP
/// libraries run out of stack while they start a team.
inline constexpr std::int64_t most_threads = 16384;

/// What every driver takes beside its kernel's own parameters.  The first part are the words of the
/// contract (docs/record.md); the second part are this project's driver options, which
/// driver_options.cpp states.
struct Options {
  std::int64_t warmups = 1;
  std::int64_t samples = 5;
  std::int64_t diagnostics = 0;
  std::int64_t batch = 0;    ///< passes per sample; 0: automatic
  std::int64_t threads = 0;  ///< 0: what the model has by default
  std::int64_t seed = 1;
  std::string record;     ///< the file that rank 0 writes; empty: none
  bool describe = false;  ///< print the work model, measure nothing
  bool check = false;     ///< look at inputs and outputs, compute nothing

  Schedule schedule;
  Mode mode = Mode::data;
  Data data = Data::local;
  Distribution distribution = Distribution::block;
  std::int64_t rank_chunk = 0;  ///< items per turn of dynamic distribution; 0: 1/64 of a share
  bool overlap = false;         ///< scatter in pipelined chunks, computing while more arrive
  IsaChoice isa = IsaChoice::automatic;
};

/// What a rank holds of the input.
enum class Part { whole, share, nothing };
constexpr auto enum_names(Part) {
  return std::array<std::string_view, 3>{"whole", "share", "nothing"};
}

/// What the root holds, and what every other rank.
struct Holds {
  Part root = Part::share;
  Part others = Part::share;
};
Holds holds_of(const Options& options);

}  // namespace scalelaw::driver
