#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "harness/laws/fit.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {

// Numbers as the report prints them.  An unknown number is "-".

inline constexpr double unknown_number = std::numeric_limits<double>::quiet_NaN();

/// "1 point", "2 points", "1 launch", "2 launches".
std::string counted(std::size_t count, std::string_view noun);
/// "0.5 %".
std::string percent(double fraction, int decimals = 0);
/// As many digits as it has: "75 %", "99.9 %", "0.01 %".
std::string exact_percent(double fraction);
/// "+1.2 %".
std::string signed_percent(double fraction);
/// Three significant digits: "0.105".
std::string significant(double value);
/// "1.66".
std::string two_decimals(double value);
/// A value and both ends of its interval, "1.66 [0.92, 1.99]", each formatted by `number`.  Every
/// report shows intervals in this way.  Without an interval, the value alone.
std::string with_interval(double value, const std::optional<Interval>& interval,
                          std::string (*number)(double) = significant);
/// A speedup, with its interval where it has one: no digits beyond the second of the interval's half
/// width, but at least three of the value, and at most two decimals: "1.66 [0.92, 1.99]",
/// "63.2 [60.1, 65.0]", "40000 [39680, 40230]".
std::string speedup_interval(double value, const std::optional<Interval>& interval);
/// The same in other units: value and interval times `factor`.
std::string scaled_interval(const Estimate& estimate, double factor);
/// "54.99 ms [54.57 ms, 56.48 ms]".
std::string seconds_interval(double seconds, const std::optional<Interval>& interval_s);
/// How far the ends lie from the value, in per cent of it: "-0.9 +2.8 %", or "±1.8 %" where both
/// read alike.  For a column beside the value; "-" without an interval.
std::string relative_interval(double value, const std::optional<Interval>& interval);
/// Three significant digits and no exponent: "42300", "10.7".
std::string three_digits(double value);
/// Three significant digits, zeros included, for a column of like numbers: "1.00", "0.840", "12.3",
/// "4230"; from a million on "2.00e+09".
std::string aligned_digits(double value);
/// Four significant digits and the unit that fits: "1.234 ms".
std::string precise_seconds(double seconds);

/// How a rate in `unit` per second is shown: bytes as GB/s, pixels as Mpixel/s, anything else with
/// the prefix that suits `typical`.
struct RateUnit {
  std::string name;   ///< "GB/s"
  double factor = 1;  ///< multiply the rate by it
};
RateUnit rate_unit(std::string_view unit, double typical);

}  // namespace scalelaw::harness
