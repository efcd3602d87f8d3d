// The generator of pictures: the same bytes on every instruction set, whatever part is asked for.
#include "kernels/image_compression/photo_like.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "common/isa.hpp"
#include "kernels/image_compression/photo_like_loops.hpp"

namespace scalelaw {
namespace {

/// What the loops make of a row of odd length, in floats and bytes.
struct Made {
  std::vector<float> line, blended, row;
  std::vector<std::uint8_t> coloured, grey;
  bool operator==(const Made&) const = default;
};

/// A row whose fields are these two in turn.
PhotoRow row_of(const float* one, const float* other) {
  return {.light = one,
          .large = other,
          .small = one,
          .roughness = other,
          .detail = one,
          .noise = other,
          .blueness = one,
          .redness = other};
}

Made made_by(const PhotoLoops& loops, int log2_cell) {
  constexpr std::int64_t width = 777;
  const std::size_t points = static_cast<std::size_t>((width - 1) >> log2_cell) + 2;
  Made out;
  out.line.resize(points);
  std::vector<float> lower(points);
  loops.read_line(17, 5, 1.5F, points, out.line.data());
  loops.read_line(17, 6, 1.5F, points, lower.data());
  out.blended.resize(points);
  loops.blend(out.line.data(), lower.data(), 0.3F, points, out.blended.data());
  out.row.resize(width + 1024);
  loops.add_interpolated(log2_cell, out.blended.data(), points, out.row.data());
  const PhotoRow row = row_of(out.row.data(), out.row.data() + 40);
  out.coloured.resize(3 * width);
  loops.write_pixels(row, width, 3, out.coloured.data());
  out.grey.resize(width);
  loops.write_pixels(row, width, 1, out.grey.data());
  return out;
}

TEST(PhotoLike, IsTheSameOnEveryInstructionSet) {
  for (int log2_cell = 0; log2_cell <= 9; ++log2_cell) {
    const Made plain = made_by(photo_loops_plain(), log2_cell);
#if defined(SCALELAW_HAS_AVX2)
    if (supported(Isa::avx2)) {
      EXPECT_EQ(plain, made_by(photo_loops_avx2(), log2_cell));
    }
#endif
#if defined(SCALELAW_HAS_AVX512)
    if (supported(Isa::avx512)) {
      EXPECT_EQ(plain, made_by(photo_loops_avx512(), log2_cell));
    }
#endif
    EXPECT_NE(plain.coloured, std::vector<std::uint8_t>(plain.coloured.size()));
  }
}

/// Pixels are written as groups of bytes that overlap: the last must stay within its row.
TEST(PhotoLike, WritesNothingBehindARow) {
  const std::vector<float> field(64, 0.25F);
  const PhotoRow row = row_of(field.data(), field.data());
  for (const std::int64_t channels : {1, 3}) {
    for (std::int64_t width = 1; width <= 40; ++width) {
      std::vector<std::uint8_t> out(static_cast<std::size_t>(channels * width + 8), 7);
      photo_loops_plain().write_pixels(row, width, channels, out.data());
      const auto end = out.begin() + channels * width;
      EXPECT_EQ(std::vector<std::uint8_t>(end, out.end()), std::vector<std::uint8_t>(8, 7))
          << width;
      EXPECT_EQ(std::count(out.begin(), end, 7), 0) << width;
    }
  }
}

/// FNV-1a of the bytes, of before the loops were vectors.
TEST(PhotoLike, GivesThePicturesThatItAlwaysGave) {
  const Shape shape{.width = 1920, .height = 1080, .channels = 3};
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(shape.bytes()));
  photo_like_rows(1, 0, shape, {0, shape.height}, pixels.data());
  std::uint64_t hash = 1469598103934665603U;
  for (const std::uint8_t byte : pixels) hash = (hash ^ byte) * 1099511628211U;
  EXPECT_EQ(hash, 0x922d95ad47704857U);
}

}  // namespace
}  // namespace scalelaw
