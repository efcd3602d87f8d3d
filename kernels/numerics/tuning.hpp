#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kernels/numerics/processor.hpp"

namespace scalelaw {

/// The loops that stream from memory, each with its own best distance: by kernel, by the shape of
/// the data, and by the type of its elements.
enum class StreamLoop : std::uint8_t {
  read,
  dot_f64,
  dot_f32,
  dot2_f64,
  dot2_f32,
  mean_f64,  ///< eight rows at a time, for column sums in the cache
  mean_f32,
  mean_flat_f64,  ///< at most 32 rows: the columns' means are written meanwhile
  mean_flat_f32,
  mean_tall_f64,  ///< fewer than 32 columns: the rows' means are written meanwhile
  mean_tall_f32,
  mean_line_f64,  ///< one row or one column
  mean_line_f32,
};
constexpr auto enum_names(StreamLoop) {
  return std::array<std::string_view, 13>{
      "read",          "dot_f64",       "dot_f32",       "dot2_f64",      "dot2_f32",
      "mean_f64",      "mean_f32",      "mean_flat_f64", "mean_flat_f32", "mean_tall_f64",
      "mean_tall_f32", "mean_line_f64", "mean_line_f32"};
}
constexpr std::size_t stream_loops = enum_names(StreamLoop{}).size();

/// How a loop streams.  It never changes a result.
struct Streaming {
  std::int64_t ahead = 256;  ///< prefetches so many bytes ahead; 0: does not
  int places = 1;            ///< reads so many places in turn; a choice where has_places()

  friend bool operator==(const Streaming&, const Streaming&) = default;
};
constexpr int most_places = 4;

/// Whether a loop can read several places in turn.
constexpr bool has_places(StreamLoop loop) {
  return loop == StreamLoop::read || loop == StreamLoop::mean_line_f64 ||
         loop == StreamLoop::mean_line_f32;
}

/// A Streaming for each loop.
struct Tuning {
  std::array<Streaming, stream_loops> of{};

  constexpr const Streaming& operator[](StreamLoop loop) const {
    return of[static_cast<std::size_t>(loop)];
  }
  constexpr Streaming& operator[](StreamLoop loop) { return of[static_cast<std::size_t>(loop)]; }
};

/// The processors for which scripts/tune-kernels measured the loops.
struct ProcessorFamily {
  std::string_view name;
  Tuning tuning;
};

/// The measured family that `processor` belongs to; null: none.
const ProcessorFamily* family_of(const Processor& processor) noexcept;

/// The measured tuning of the processor's family; of an unknown one that of its vendor's.
const Tuning& table_tuning(const Processor& processor) noexcept;

/// How a loop streams from now on: as in this processor's table, unless select_streaming() chose.
/// Threads: safe to call from any thread; call select_streaming() before starting threads.
Streaming streaming_of(StreamLoop loop) noexcept;
void select_streaming(StreamLoop loop, Streaming streaming) noexcept;

}  // namespace scalelaw
