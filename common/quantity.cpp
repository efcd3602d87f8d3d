#include "common/quantity.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "common/error.hpp"

namespace scalelaw {
namespace {

constexpr std::string_view quantity_hint =
    "write a whole number such as 1000, 10_000, 1e9, 4Gi or 64M";

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw Error(fmt::format("'{}' {}", text, why), std::string(quantity_hint));
}

/// The factor that a suffix stands for; nothing when the suffix is unknown.
std::optional<std::int64_t> multiplier(std::string_view suffix) {
  if (!suffix.empty() && suffix.back() == 'B') suffix.remove_suffix(1);
  if (suffix.empty()) return 1;
  const std::size_t power = std::string_view("kMGT").find(suffix[0] == 'K' ? 'k' : suffix[0]);
  if (power == std::string_view::npos) return std::nullopt;
  const bool binary = suffix.size() == 2 && suffix[1] == 'i';
  if (!binary && suffix.size() != 1) return std::nullopt;
  std::int64_t out = 1;
  for (std::size_t i = 0; i <= power; ++i) out *= binary ? 1024 : 1000;
  return out;
}

/// A decimal number d.ddd x 10^exponent as digits and a power of ten, so that the value is never
/// rounded to a double.
struct Decimal {
  std::int64_t digits = 0;
  int power = 0;
};

void append_digit(Decimal& number, char digit, std::string_view whole) {
  if (__builtin_mul_overflow(number.digits, std::int64_t{10}, &number.digits) ||
      __builtin_add_overflow(number.digits, std::int64_t{digit - '0'}, &number.digits)) {
    refuse(whole, "is too large (the limit is 2^63 - 1)");
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

Decimal take_decimal(std::string_view& rest, std::string_view whole) {
  Decimal number;
  bool any = false;
  bool fraction = false;
  for (; !rest.empty(); rest.remove_prefix(1)) {
    const char c = rest[0];
    if (is_digit(c)) {
      append_digit(number, c, whole);
      if (fraction) --number.power;
      any = true;
    } else if (c == '.' && !fraction) {
      fraction = true;
    } else if (!(c == '_' && any && rest.size() > 1 && is_digit(rest[1]))) {
      break;
    }
  }
  if (!any) refuse(whole, "is not a number");
  if (!rest.empty() && (rest[0] == 'e' || rest[0] == 'E')) {
    rest.remove_prefix(1);
    if (!rest.empty() && rest[0] == '+') rest.remove_prefix(1);
    int exponent = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), exponent);
    if (error == std::errc::result_out_of_range) {
      refuse(whole, "is too large (the limit is 2^63 - 1)");
    }
    if (error != std::errc{}) refuse(whole, "has no exponent after its 'e'");
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    number.power += exponent;
  }
  return number;
}

std::int64_t scale(Decimal number, std::int64_t factor, std::string_view whole) {
  std::int64_t value = 0;
  if (__builtin_mul_overflow(number.digits, factor, &value)) {
    refuse(whole, "is too large (the limit is 2^63 - 1)");
  }
  for (; number.power > 0 && value != 0; --number.power) {
    if (__builtin_mul_overflow(value, std::int64_t{10}, &value)) {
      refuse(whole, "is too large (the limit is 2^63 - 1)");
    }
  }
  for (; number.power < 0 && value != 0; ++number.power) {
    if (value % 10 != 0) refuse(whole, "is not a whole number");
    value /= 10;
  }
  return value;
}

}  // namespace

std::int64_t parse_count(std::string_view text) {
  std::string_view rest = text;
  if (!rest.empty() && rest[0] == '-') refuse(text, "is negative");
  if (!rest.empty() && rest[0] == '+') rest.remove_prefix(1);
  const Decimal number = take_decimal(rest, text);
  const std::optional<std::int64_t> factor = multiplier(rest);
  if (!factor) refuse(text, "is not a number");
  return scale(number, *factor, text);
}

std::string format_bytes(double bytes) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < units.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, unit == 0 || bytes >= 100 ? 0 : (bytes >= 10 ? 1 : 2),
                     units[unit]);
}

std::string format_seconds(double seconds) {
  if (!std::isfinite(seconds)) return fmt::format("{}", seconds);
  if (seconds == 0) return "0 s";
  constexpr std::array units{"ns", "us", "ms"};
  double scaled = seconds * 1e9;
  for (const char* unit : units) {
    if (std::abs(scaled) < 999.5) return fmt::format("{:.3g} {}", scaled, unit);
    scaled /= 1e3;
  }
  return fmt::format("{:.{}f} s", seconds, seconds < 9.995 ? 2 : (seconds < 99.95 ? 1 : 0));
}

}  // namespace scalelaw
