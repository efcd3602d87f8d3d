#include "kernels/numerics/exact_sum.hpp"

#include <bit>
#include <limits>

namespace scalelaw {
namespace {

constexpr std::uint64_t mantissa_mask = (std::uint64_t{1} << 52) - 1;
constexpr std::uint64_t digit_mask = 0xFFFFFFFF;
constexpr int exponent_of_special = 0x7FF;
constexpr std::uint32_t plus_infinity = 1, minus_infinity = 2, not_a_number = 4;

std::int64_t low_digit(std::int64_t chunk) noexcept {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(chunk) & digit_mask);
}

double special_value(std::uint32_t specials) noexcept {
  if (specials == plus_infinity) return std::numeric_limits<double>::infinity();
  if (specials == minus_infinity) return -std::numeric_limits<double>::infinity();
  return std::numeric_limits<double>::quiet_NaN();
}

/// The double whose highest bit has the weight 2^(top - 1074), from that bit and the 63 below it,
/// and whether any lower bit is set.  Rounds to nearest, ties to even.
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
  const int lowest = exponent != 0 ? exponent - 1 : 0;  // the mantissa's lowest bit
  const int chunk = lowest >> 5, shift = lowest & 31;
  const auto low = static_cast<std::int64_t>((mantissa << shift) & digit_mask);
  const auto high = static_cast<std::int64_t>(mantissa >> (32 - shift));
  const std::int64_t sign = -static_cast<std::int64_t>(bits >> 63);  // 0 or -1: (v ^ s) - s is +-v
  chunk_[chunk] += (low ^ sign) - sign;
  chunk_[chunk + 1] += (high ^ sign) - sign;
  touch(chunk, chunk + 2);
  make_room();
}

void ExactSum::add_special(double x) noexcept {
  specials_ |= x != x ? not_a_number : (x > 0 ? plus_infinity : minus_infinity);
}

void ExactSum::add_digit(std::int64_t digit, int chunk) noexcept {
  chunk_[chunk] += static_cast<std::int64_t>(static_cast<std::uint64_t>(digit) & digit_mask);
  chunk_[chunk + 1] += digit >> 32;
  touch(chunk, chunk + 2);
  make_room();
}

void ExactSum::merge(const ExactSum& other) noexcept {
  specials_ |= other.specials_;
  // One more than the additions: what carry() left in a chunk counts as one.
  const std::int32_t pending = pending_ + other.pending_ + 1;
  if (pending < max_pending) {
    touch(other.first_, other.end_);
    for (int i = other.first_; i < other.end_; ++i) chunk_[i] += other.chunk_[i];
    pending_ = pending;
    return;
  }
  ExactSum from = other;
  from.carry();
  carry();
  merge(from);
}

void ExactSum::carry() noexcept {
  std::int64_t carried = 0;
  for (int i = first_; i + 1 < end_; ++i) {
    const std::int64_t chunk = chunk_[i] + carried;
    carried = chunk >> 32;
    chunk_[i] = low_digit(chunk);
  }
  pending_ = 0;
  if (end_ == 0) return;
  std::int64_t& last = chunk_[end_ - 1];
  last += carried;
  const std::int64_t above = last >> 32;
  if (end_ == chunks || above == 0 || above == -1) return;
  last = low_digit(last);
  chunk_[end_++] = above;
}

double ExactSum::round() const noexcept {
  if (specials_ != 0) return special_value(specials_);
  if (end_ == 0) return 0.0;
  // The magnitude's digits from chunk first_ on, and two more for carries out of the last one.
  std::array<std::uint64_t, chunks + 2> digits;
  const int count = end_ - first_;
  const auto carry_out = [&](std::int64_t sign) {
    std::int64_t carried = 0;
    for (int i = 0; i < count; ++i) {
      const std::int64_t chunk = carried + sign * chunk_[first_ + i];
      carried = chunk >> 32;
      digits[i] = static_cast<std::uint64_t>(chunk) & digit_mask;
    }
    return carried;
  };
  std::int64_t carried = carry_out(1);
  const bool negative = carried < 0;
  if (negative) carried = carry_out(-1);
  digits[count] = static_cast<std::uint64_t>(carried) & digit_mask;
  digits[count + 1] = static_cast<std::uint64_t>(carried >> 32);
  int highest = count + 1;
  while (highest >= 0 && digits[highest] == 0) --highest;
  if (highest < 0) return 0.0;
  const auto digit = [&](int i) { return i < 0 ? std::uint64_t{0} : digits[i]; };
  const int top_bit = 63 - std::countl_zero(digit(highest));  // within its chunk: 0 to 31
  // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): the highest digit is not 0
  const std::uint64_t bits = (digit(highest) << (63 - top_bit)) |
                             (digit(highest - 1) << (31 - top_bit)) |
                             (digit(highest - 2) >> (top_bit + 1));
  bool more = (digit(highest - 2) & ((std::uint64_t{2} << top_bit) - 1)) != 0;
  for (int i = 0; i < highest - 2 && !more; ++i) more = digits[i] != 0;
  const double rounded = round_bits(bits, more, 32 * (first_ + highest) + top_bit);
  return negative ? -rounded : rounded;
}

}  // namespace scalelaw
