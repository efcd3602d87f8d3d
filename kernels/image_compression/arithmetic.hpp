#pragma once

#include <cstdint>

namespace scalelaw::jpeg {

/// The arithmetic of the encoder, which every code path follows to the bit.  It is that of libjpeg
/// with the accurate integer transform (the Independent JPEG Group's jccolor, jcsample, jfdctint
/// and jcdctmgr), so the files equal libjpeg's.  All sums of products are exact in 32 bits and
/// rounded once.
///
/// Colour.  With fractions of 2^16, for channels R, G, B of 0 to 255:
///     Y  = (0.299 R + 0.587 G + 0.114 B + 1/2) rounded down, less 128 for the transform
///     Cb = (0.5 B - 0.16874 R - 0.33126 G + 1/2 - 2^-16) rounded down
///     Cr = (0.5 R - 0.41869 G - 0.08131 B + 1/2 - 2^-16) rounded down
/// Chroma is computed as the negative of a sum rounded with 1/2: the result is the same, and the
/// weights fit 16 bits.  Green enters twice for the same reason.  A subsampled chroma sample is the
/// mean of its pixels' rounded values; halves round up and down in turn along a row: for two
/// pixels, (sum + 0 or 1) >> 1; for four, (sum + 1 or 2) >> 2.  Below the image's last row, its
/// chroma samples are repeated rather than its pixels.
struct Weights {
  std::int16_t first, second;  ///< in units of 2^-16
};
inline constexpr std::int32_t one_half = 1 << 15;
inline constexpr std::int32_t luma_offset = one_half - (128 << 16);
inline constexpr Weights luma_red_green{19595, 38470 - 16384}, luma_blue_green{7471, 16384};
inline constexpr Weights minus_cb_red_green{11059, 21709}, minus_cb_blue_green{-32768, 0};
inline constexpr Weights minus_cr_red_green{-32768, 27439}, minus_cr_blue_green{5329, 0};

/// Transform: rows of the samples times 2^sample_bits, then columns, each by the flow graph of
/// Loeffler, Ligtenberg and Moschytz with constants of 13 bits.  The four outputs without products
/// are divided by 4, halves upwards.  (libjpeg's first pass multiplies them by 4 and shifts its
/// products by 11; with samples 16 times as large, its second pass does the same.)  For all inputs,
/// every intermediate fits 16 bits and every sum of products 32.  The outputs are
/// `coefficient_scale` times the coefficients of T.81, A.3.3.
///
/// Quantisation: halves away from zero, by two multiplications (encoder_tables.hpp).
inline constexpr int sample_bits = 4;
inline constexpr std::uint32_t coefficient_scale = 8;

/// Constants of the flow graph in units of 2^-13, rounded as in libjpeg; c0_298 is 0.298631336 etc.
inline constexpr std::int32_t c0_298 = 2446, c0_390 = 3196, c0_541 = 4433, c0_765 = 6270,
                              c0_899 = 7373, c1_175 = 9633, c1_501 = 12299, c1_847 = 15137,
                              c1_961 = 16069, c2_053 = 16819, c2_562 = 20995, c3_072 = 25172;

}  // namespace scalelaw::jpeg
