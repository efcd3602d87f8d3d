#include "harness/analysis/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

namespace scalelaw::harness {

std::string counted(std::size_t count, std::string_view noun) {
  const std::string_view ending = count == 1 ? "" : noun.ends_with("ch") ? "es" : "s";
  return fmt::format("{} {}{}", count, noun, ending);
}

std::string percent(double fraction, int decimals) {
  if (!std::isfinite(fraction)) return "-";
  const double shown = std::abs(fraction) < 0.5 * std::pow(10, -decimals - 2) ? 0 : 100 * fraction;
  return fmt::format("{:.{}f} %", shown, decimals);
}

std::string exact_percent(double fraction) {
  return fmt::format("{:g} %", 100 * fraction);
}

std::string signed_percent(double fraction) {
  return std::isfinite(fraction) ? fmt::format("{:+.1f} %", 100 * fraction) : "-";
}

std::string significant(double value) {
  return fmt::format("{:.3g}", value);
}

std::string two_decimals(double value) {
  // A speedup of 0.0012 is not 0.00.
  const bool small = value != 0 && std::abs(value) < 0.05;
  return small ? fmt::format("{:.2g}", value) : fmt::format("{:.2f}", value);
}

std::string with_interval(double value, const std::optional<Interval>& interval,
                          std::string (*number)(double)) {
  if (std::isnan(value)) return "-";
  if (!interval) return number(value);
  return fmt::format("{} [{}, {}]", number(value), number(interval->low), number(interval->high));
}

std::string speedup_interval(double value, const std::optional<Interval>& interval) {
  const double half = interval ? (interval->high - interval->low) / 2 : 0;
  if (!(half > 0) || !std::isfinite(half) || !std::isfinite(value) || std::abs(value) < 10) {
    return with_interval(value, interval, two_decimals);
  }
  // The place of the half width's first digit, or of its second where the first is below 3.
  const auto warranted = static_cast<int>(std::floor(std::log10(half / 3)));
  const int third = static_cast<int>(std::floor(std::log10(std::abs(value)))) - 2;
  const int place = std::max(-2, std::min(warranted, third));
  const double unit = std::pow(10, std::max(0, place));
  const auto shown = [&](double number) {
    if (place > 0) number = std::round(number / unit) * unit;
    return fmt::format("{:.{}f}", number, std::max(0, -place));
  };
  return fmt::format("{} [{}, {}]", shown(value), shown(interval->low), shown(interval->high));
}

std::string scaled_interval(const Estimate& estimate, double factor) {
  auto interval = estimate.interval;
  if (interval) interval = Interval{factor * interval->low, factor * interval->high, 0};
  return with_interval(factor * estimate.value, interval);
}

std::string seconds_interval(double seconds, const std::optional<Interval>& interval_s) {
  return with_interval(seconds, interval_s, precise_seconds);
}

std::string relative_interval(double value, const std::optional<Interval>& interval) {
  if (!interval) return "-";
  const std::string down = fmt::format("{:.1f}", 100 * (value - interval->low) / value);
  const std::string up = fmt::format("{:.1f}", 100 * (interval->high - value) / value);
  return down == up ? fmt::format("±{} %", up) : fmt::format("-{} +{} %", down, up);
}

std::string three_digits(double value) {
  if (!(std::abs(value) >= 1000) || !std::isfinite(value)) return fmt::format("{:.3g}", value);
  const double unit = std::pow(10, std::floor(std::log10(std::abs(value))) - 2);
  return fmt::format("{:.0f}", std::round(value / unit) * unit);
}

std::string aligned_digits(double value) {
  if (!std::isfinite(value)) return fmt::format("{}", value);
  const std::string scientific = fmt::format("{:.2e}", value);
  const double rounded = std::stod(scientific);
  if (std::abs(rounded) >= 1e6 || (rounded != 0 && std::abs(rounded) < 1e-3)) return scientific;
  if (std::abs(rounded) >= 1000) return three_digits(rounded);
  const int places = rounded == 0 ? 0 : static_cast<int>(std::floor(std::log10(std::abs(rounded))));
  return fmt::format("{:.{}f}", rounded, std::max(0, 2 - places));
}

std::string precise_seconds(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  if (seconds == 0) return "0 s";
  constexpr std::array<std::pair<double, std::string_view>, 4> units{
      {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}}};
  for (const auto& [size, name] : units) {
    if (seconds >= size || size == 1e-9) {
      const double shown = seconds / size;
      const int decimals = shown >= 1000 ? 0 : shown >= 100 ? 1 : shown >= 10 ? 2 : 3;
      return fmt::format("{:.{}f} {}", shown, decimals, name);
    }
  }
  return {};
}

RateUnit rate_unit(std::string_view unit, double typical) {
  if (unit == "bytes") return {"GB/s", 1e-9};
  if (unit == "pixels") return {"Mpixel/s", 1e-6};
  constexpr std::array<std::pair<double, std::string_view>, 4> prefixes{
      {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}}};
  for (const auto& [size, prefix] : prefixes) {
    if (typical >= size || size == 1) {
      return {fmt::format("{}{}{}/s", prefix, prefix.empty() ? "" : " ", unit), 1 / size};
    }
  }
  return {};
}

}  // namespace scalelaw::harness
