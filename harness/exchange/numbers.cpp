#include "harness/exchange/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

/// The number that is all of the text.
std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

struct Unit {
  std::string_view name;
  double per_second;
};
constexpr std::array units{Unit{"s", 1},
                           Unit{"sec", 1},
                           Unit{"secs", 1},
                           Unit{"second", 1},
                           Unit{"seconds", 1},
                           Unit{"ms", 1e3},
                           Unit{"msec", 1e3},
                           Unit{"millisecond", 1e3},
                           Unit{"milliseconds", 1e3},
                           Unit{"us", 1e6},
                           Unit{"usec", 1e6},
                           Unit{"µs", 1e6},
                           Unit{"μs", 1e6},
                           Unit{"microsecond", 1e6},
                           Unit{"microseconds", 1e6},
                           Unit{"ns", 1e9},
                           Unit{"nsec", 1e9},
                           Unit{"nanosecond", 1e9},
                           Unit{"nanoseconds", 1e9},
                           Unit{"min", 1.0 / 60},
                           Unit{"minutes", 1.0 / 60},
                           Unit{"h", 1.0 / 3600},
                           Unit{"hours", 1.0 / 3600}};

/// "1:02:03.5" in seconds: at most three parts, of which only the last may have a fraction.
std::optional<double> with_colons(std::string_view text) {
  double seconds = 0;
  int parts = 0;
  for (;;) {
    const auto colon = text.find(':');
    const auto part = number(text.substr(0, colon));
    if (!part || *part < 0 || (parts > 0 && *part >= 60) || ++parts > 3) return std::nullopt;
    seconds = 60 * seconds + *part;
    if (colon == std::string_view::npos) return seconds;
    if (*part != std::floor(*part)) return std::nullopt;
    text.remove_prefix(colon + 1);
  }
}

/// "1m2.5s", "1h0m2s": as shells print it.
std::optional<double> with_letters(std::string_view text) {
  double seconds = 0;
  bool any = false;
  for (const auto& [letter, factor] : {std::pair('h', 3600.0), {'m', 60.0}, {'s', 1.0}}) {
    const auto end = text.find(letter);
    if (end == std::string_view::npos) continue;
    const auto part = number(text.substr(0, end));
    if (!part || *part < 0) return std::nullopt;
    seconds += factor * *part;
    any = true;
    text.remove_prefix(end + 1);
  }
  return any && text.empty() ? std::optional(seconds) : std::nullopt;
}

}  // namespace

std::string trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(blank) - first + 1));
}

bool is_number(std::string_view text) {
  return number(text).has_value();
}

double positive_number(std::string_view text, std::string_view what) {
  const std::string word = trimmed(text);
  if (word.empty()) throw Error(fmt::format("{} is missing", what), "give each row a value");
  const auto value = number(word);
  if (!value || *value <= 0) {
    throw Error(fmt::format("{} is '{}', not a positive number", what, word),
                word.find(',') == std::string::npos ? "give a number such as 12.5 or 1e-3"
                                                    : "write numbers with a point: 12.5");
  }
  return *value;
}

std::int64_t positive_count(std::string_view text, std::string_view what) {
  constexpr double most = 1e12;
  const std::string word = trimmed(text);
  const auto value = number(word);
  if (value && *value >= 1 && *value <= most && *value == std::floor(*value)) {
    return static_cast<std::int64_t>(*value);
  }
  if (word.empty()) throw Error(fmt::format("{} is missing", what), "give each row a value");
  throw Error(fmt::format("{} is '{}', not a whole number from 1 on", what, word),
              "give a number such as 1, 2 or 16");
}

double clock_time(std::string_view text) {
  const std::string word = trimmed(text);
  std::string point = word;  // shells print the decimal sign of the locale: "0m1,5s"
  std::replace(point.begin(), point.end(), ',', '.');
  for (const auto& read : {number(word), with_colons(word), with_letters(point)}) {
    if (read && *read > 0) return *read;
  }
  throw Error(fmt::format("the time is '{}', not a positive number", word),
              "let group 1 of the pattern match a time such as 12.5, 1:02.5 or 0m12.5s");
}

std::optional<double> per_second(std::string_view unit) {
  for (const Unit& known : units) {
    if (known.name == unit) return known.per_second;
  }
  return std::nullopt;
}

double in_seconds(double time, std::string_view unit) {
  if (unit.empty()) return time;
  const auto factor = per_second(unit);
  if (!factor) {
    throw Error(fmt::format("'{}' is not a unit of time", unit),
                "choose one of: s, ms, us, ns, min, h");
  }
  return *factor < 1 ? time * std::round(1 / *factor) : time / *factor;
}

}  // namespace scalelaw::harness
