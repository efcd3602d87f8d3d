#pragma once

#include <cstdint>

namespace scalelaw::jpeg {

/// The arithmetic of the encoder, which every code path follows to the bit.  All lanes are 16 bits
/// wide and wrap; `mulhu` is the high half of an unsigned product, and `mulhrs` a signed product
/// of fixed-point fractions, rounded: (a * b + 2^14) >> 15.
///
/// Colour.  A channel value v enters as v << 8, so that mulhu by a 16-bit fraction gives 8
/// fractional bits; sums are rounded to whole numbers (as JFIF has them), then get `sample_bits`
/// fractional bits for the transform.
///     Y  = mulhu(R, 0.299) + mulhu(G, 0.587) + mulhu(B, 0.114)
///     Cb = B / 2 - mulhu(R, 0.16875) - mulhu(G, 0.33126)
///     Cr = R / 2 - mulhu(G, 0.41869) - mulhu(B, 0.08131)
/// mulhu rounds down; the rounding constants make up for the mean of that.  A subsampled chroma
/// sample is the mean of its pixels' rounded values, halves going up and down in turn along a row:
/// of two, (sum + 0 or 1) >> 1; of four, (sum + 1 or 2) >> 2.  That is what libjpeg does, and
/// meets the grid of a photo that was a JPEG file before.
inline constexpr std::uint16_t luma_red = 19595;
inline constexpr std::uint16_t luma_green = 38470;
inline constexpr std::uint16_t luma_blue = 7471;
inline constexpr std::uint16_t cb_red = 11059;
inline constexpr std::uint16_t cb_green = 21709;
inline constexpr std::uint16_t cr_green = 27439;
inline constexpr std::uint16_t cr_blue = 5329;
inline constexpr std::uint16_t luma_rounding = 129;    ///< half, and 1.5 / 256 for three mulhu
inline constexpr std::uint16_t chroma_rounding = 127;  ///< half, less 1 / 256 for two mulhu
inline constexpr int sample_bits = 5;

/// Transform: columns, then rows, with the constants below as 15-bit fractions; between the two
/// the values lose `pass_bits` bits, rounded, so that the second ends in 16 bits as well.  Every
/// intermediate stays inside 16 bits for all inputs.  The outputs are `coefficient_scale` times
/// the coefficients of T.81, A.3.3.
///
/// Quantisation: two mulhrs (encoder_tables.hpp), the second of which divides by a power of two;
/// between them negative values lose one, so that their halves go away from zero too.
inline constexpr int pass_bits = 3;
inline constexpr std::uint32_t coefficient_scale = 32;

/// Fractions for mulhrs.
constexpr std::int16_t fraction(double value) {
  return static_cast<std::int16_t>(value * 32768 + (value < 0 ? -0.5 : 0.5));
}
inline constexpr std::int16_t cos_1 = fraction(0.98078528040323044913);  // cos(pi / 16)
inline constexpr std::int16_t sin_1 = fraction(0.19509032201612826785);
inline constexpr std::int16_t cos_3 = fraction(0.83146961230254523708);  // cos(3 pi / 16)
inline constexpr std::int16_t sin_3 = fraction(0.55557023301960222474);
inline constexpr std::int16_t even_high =
    fraction(0.30656296487637652785);  // sqrt(2) cos(pi / 8) - 1
inline constexpr std::int16_t even_low = fraction(0.54119610014619698440);  // sqrt(2) sin(pi / 8)
inline constexpr std::int16_t root_excess = fraction(0.41421356237309504880);  // sqrt(2) - 1
inline constexpr std::int16_t pass_scale = 1 << (15 - pass_bits);

}  // namespace scalelaw::jpeg
