#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernels/image_compression/encoder_tables.hpp"
#include "kernels/image_compression/shape.hpp"

namespace scalelaw::jpeg {

/// The part of a baseline JFIF file before its scan data: SOI, APP0 (JFIF 1.01, 72 dots per inch),
/// DQT, SOF0, DHT, DRI (one restart interval per MCU row) and SOS.  There is no other metadata.
/// Source: ITU-T T.81, Annex B; JFIF 1.02.
std::vector<std::byte> file_header(const Shape& shape, Subsampling subsampling,
                                   const EncoderTables& tables);

/// The two bytes of the restart marker after MCU row `row`.
std::array<std::byte, 2> restart_marker(std::int64_t row);

/// The end-of-image marker.
inline constexpr std::array<std::byte, 2> end_of_image = {std::byte{0xff}, std::byte{0xd9}};

/// A file's scan data cut at its restart markers, or what is wrong with it.
struct ScanIntervals {
  std::vector<std::span<const std::byte>> intervals;  ///< entropy-coded, without the markers
  std::string fault;                                  ///< empty when there is none
};

/// Walks `scan`, everything after the SOS segment of a file.  Expects restart markers in cyclic
/// order, no other marker but the final EOI, and nothing after it.
ScanIntervals split_scan(std::span<const std::byte> scan);

}  // namespace scalelaw::jpeg
