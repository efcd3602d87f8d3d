#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace scalelaw::driver {

/// A PNG file without its ancillary chunks.  No pixel depends on them here, and a decoder would
/// unpack and store profiles and texts of any size.
class PngChunks {
 public:
  /// `file` must be at its beginning and outlive this object.
  explicit PngChunks(std::FILE* file) : file_(file) {}

  /// Reads the next `length` bytes.  Returns false when the file ends before.
  bool read(std::byte* out, std::size_t length);

  /// The number of bytes of compressed pixels, counted only until `enough` are found.  The position
  /// of read() does not change.
  [[nodiscard]] double data_bytes(double enough) const;

 private:
  static constexpr std::int64_t signature_bytes = 8, checksum_bytes = 4;

  struct Head {
    std::array<unsigned char, 8> bytes{};  ///< length and type, as in the file

    [[nodiscard]] std::int64_t length() const {
      return std::int64_t{bytes[0]} << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
    }
    [[nodiscard]] bool is_ancillary() const { return (bytes[4] & 0x20) != 0; }
    [[nodiscard]] bool is_data() const;
    /// True for the last chunk, and for anything that is not a chunk.
    [[nodiscard]] bool is_end() const;
  };

  bool next_head(Head& head) const;

  std::FILE* file_;
  Head head_;
  std::size_t head_left_ = 0;            ///< bytes of head_ to return before those in the file
  std::int64_t left_ = signature_bytes;  ///< bytes of this chunk left in the file
};

}  // namespace scalelaw::driver
