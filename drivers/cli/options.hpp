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

/// The most threads of a process: far above the cores of a machine, and below where OpenMP
/// libraries run out of stack while they start a team.
inline constexpr std::int64_t most_threads = 16384;

/// What every driver takes beside its kernel's own parameters.
struct Options {
  std::int64_t warmups = 1;
  std::int64_t samples = 5;
  std::int64_t diagnostics = 0;
  std::int64_t batch = 0;    ///< passes per sample; 0: automatic
  std::int64_t threads = 0;  ///< 0: what the model has by default
  std::int64_t seed = 1;
  std::string isa = "auto";
  Mode mode = Mode::data;
  Schedule schedule;
  Data data = Data::local;
  Distribution distribution = Distribution::block;
  std::int64_t rank_chunk = 0;  ///< items per turn of dynamic distribution; 0: 1/64 of a share
  bool overlap = false;         ///< scatter in pipelined chunks, computing while more arrive
  std::string report;
  bool describe = false;
  bool check = false;  ///< look at inputs and outputs, compute nothing
};

}  // namespace scalelaw::driver
