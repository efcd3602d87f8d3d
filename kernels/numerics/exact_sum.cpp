#include "kernels/numerics/exact_sum.hpp"

#include <bit>
#include <limits>

namespace scalelaw {
namespace {

constexpr std::uint64_t mantissa_mask = (std::uint64_t{1} << 52) - 1;
constexpr std::uint64_t digit_mask = 0xFFFFFFFF;
constexpr int exponent_of_special = 0x7FF;
constexpr std::uint32_t plus_infinity = 1, minus_infinity = 2, not_a_number = 4;

double special_value(std::uint32_t specials) noexcept {
  if (specials == plus_infinity) return std::numeric_limits<double>::infinity();
  if (specials == minus_infinity) return -std::numeric_limits<double>::infinity();
  return std::numeric_limits<double>::quiet_NaN();
}

/// The double whose highest bit is worth 2^(top - 1074), from that bit and the 63 below it, and
/// whether anything follows them.  Rounds to nearest, ties to even.
double round_bits(std::uint64_t bits, bool more, int top) noexcept {
  if (top < 53) return std::bit_cast<double>(bits >> (63 - top));  // exact; covers subnormals
  std::uint64_t mantissa = bits >> 11;
  const std::uint64_t rest = bits & 0x7FF, half = 0x400;
  if (rest > half || (rest == half && (more || (mantissa & 1)))) ++mantissa;
  int exponent = top - 51;
  if (mantissa >> 53) {
    mantissa >>= 1;
    ++exponent;
  }
  if (exponent >= exponent_of_special) return std::numeric_limits<double>::infinity();
  return std::bit_cast<double>((static_cast<std::uint64_t>(exponent) << 52) |
                               (mantissa & mantissa_mask));
}

}  // namespace

void ExactSum::add(double x) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const int exponent = static_cast<int>((bits >> 52) & exponent_of_special);
  if (exponent == exponent_of_special) return add_special(x);
  std::uint64_t mantissa = bits & mantissa_mask;
  if (exponent != 0) mantissa |= std::uint64_t{1} << 52;
  const int lowest = exponent != 0 ? exponent - 1 : 0;  // the bit that the mantissa starts at
  const int chunk = lowest >> 5, shift = lowest & 31;
  const auto low = static_cast<std::int64_t>((mantissa << shift) & digit_mask);
  const auto high = static_cast<std::int64_t>(mantissa >> (32 - shift));
  const std::int64_t sign = -static_cast<std::int64_t>(bits >> 63);  // 0 or -1: (v ^ s) - s is +-v
  chunk_[chunk] += (low ^ sign) - sign;
  chunk_[chunk + 1] += (high ^ sign) - sign;
  make_room();
}

void ExactSum::add_special(double x) noexcept {
  specials_ |= x != x ? not_a_number : (x > 0 ? plus_infinity : minus_infinity);
}

void ExactSum::add_digit(std::int64_t digit, int chunk) noexcept {
  chunk_[chunk] += static_cast<std::int64_t>(static_cast<std::uint64_t>(digit) & digit_mask);
  chunk_[chunk + 1] += digit >> 32;
  make_room();
}

void ExactSum::merge(const ExactSum& other) noexcept {
  specials_ |= other.specials_;
  // One more than the additions: what a carry() left in a chunk counts as one.
  const std::int32_t pending = pending_ + other.pending_ + 1;
  if (pending < max_pending) {
    for (int i = 0; i < chunks; ++i) chunk_[i] += other.chunk_[i];
    pending_ = pending;
    return;
  }
  ExactSum from = other;
  from.carry();
  carry();
  for (int i = 0; i < chunks; ++i) chunk_[i] += from.chunk_[i];
  carry();
}

void ExactSum::carry() noexcept {
  for (int i = 0; i + 1 < chunks; ++i) {
    chunk_[i + 1] += chunk_[i] >> 32;
    chunk_[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(chunk_[i]) & digit_mask);
  }
  pending_ = 0;
}

double ExactSum::round() const noexcept {
  if (specials_ != 0) return special_value(specials_);
  ExactSum magnitude = *this;
  magnitude.carry();
  const bool negative = magnitude.chunk_[chunks - 1] < 0;
  if (negative) {
    for (std::int64_t& chunk : magnitude.chunk_) chunk = -chunk;
    magnitude.carry();
  }
  int highest = chunks - 1;
  while (highest >= 0 && magnitude.chunk_[highest] == 0) --highest;
  if (highest < 0) return 0.0;
  const auto digit = [&](int i) {
    return i < 0 ? std::uint64_t{0} : static_cast<std::uint64_t>(magnitude.chunk_[i]);
  };
  const int top_bit = 63 - std::countl_zero(digit(highest));  // within its chunk: 0 to 31
  const std::uint64_t bits = (digit(highest) << (63 - top_bit)) |
                             (digit(highest - 1) << (31 - top_bit)) |
                             (digit(highest - 2) >> (top_bit + 1));
  bool more = (digit(highest - 2) & ((std::uint64_t{2} << top_bit) - 1)) != 0;
  for (int i = 0; i < highest - 2 && !more; ++i) more = magnitude.chunk_[i] != 0;
  const double rounded = round_bits(bits, more, 32 * highest + top_bit);
  return negative ? -rounded : rounded;
}

}  // namespace scalelaw
