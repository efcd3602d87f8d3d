#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scalelaw::harness {

/// `text` without white space at its ends.
std::string trimmed(std::string_view text);

/// Whether `text` is a finite number, and nothing else.
bool is_number(std::string_view text);

/// A number above 0.  `what` names it in messages, e.g. "the time".
/// Errors: throws Error when it is missing, or is anything else.
double positive_number(std::string_view text, std::string_view what);

/// A whole number from 1 on.
/// Errors: likewise.
std::int64_t positive_count(std::string_view text, std::string_view what);

/// A time as programs print it: "12.5", "1:02.5", "1:00:02", "0m12.500s", in seconds.
/// Errors: throws Error when it is none.
double clock_time(std::string_view text);

/// What a number of `unit` is divided by to be in seconds; nothing when that is no unit of time.
/// Units of less than a second give the power of ten that keeps the nearest number.
std::optional<double> per_second(std::string_view unit);

/// `time` of that unit in seconds; an empty unit is a second.
/// Errors: throws Error for an unknown unit.
double in_seconds(double time, std::string_view unit);

}  // namespace scalelaw::harness
