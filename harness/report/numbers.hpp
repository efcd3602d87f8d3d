#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/laws/fit.hpp"
#include "harness/measure/statistics.hpp"

namespace scalelaw {

// Numbers as the report prints them; a number that is not known is "-".

/// "1 point", "2 points", "1 launch", "2 launches".
std::string counted(std::size_t count, std::string_view noun);
/// "0.5 %".
std::string percent(double fraction, int decimals = 0);
/// "+1.2 %".
std::string signed_percent(double fraction);
/// "1.93 ±0.02": half the interval's width; the value alone without an interval, and "1.93 ±?" when
/// the interval is wider than the value.
std::string with_half_width(const Ratio& ratio);
/// "0.105 [0.0992, 0.111]".
std::string with_interval(double value, const std::optional<Interval>& interval);
/// The same in other units: value and interval times `factor`.
std::string scaled_interval(const Estimate& estimate, double factor);
/// "54.99 ms [54.57 ms, 56.48 ms]".
std::string seconds_interval(double seconds, const std::optional<Interval>& interval_s);
/// Three significant digits and no exponent: "42300", "10.7".
std::string three_digits(double value);
/// Four significant digits and the unit that fits: "1.234 ms".
std::string precise_seconds(double seconds);

/// How a rate in `unit` per second is shown: bytes as GB/s, pixels as Mpixel/s, anything else with
/// the prefix that suits `typical`.
struct RateUnit {
  std::string name;   ///< "GB/s"
  double factor = 1;  ///< multiply the rate by it
};
RateUnit rate_unit(std::string_view unit, double typical);

}  // namespace scalelaw
