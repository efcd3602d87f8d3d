#include "harness/exchange/iso_time.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <re2/re2.h>

#include <cstdlib>
#include <ctime>

namespace scalelaw::harness {

std::optional<std::string> utc_time(const std::string& text) {
  static const re2::RE2 form(
      R"((\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2}):?(\d{2})(?:\.\d+)?(?:Z|([+-])(\d{2}):?(\d{2}))?)?)");
  std::string year, month, day, hour, minute, second, sign, hours, minutes;  // empty: not said
  if (!re2::RE2::FullMatch(text, form, &year, &month, &day, &hour, &minute, &second, &sign, &hours,
                           &minutes)) {
    return std::nullopt;
  }
  const auto number = [](const std::string& digits) { return std::atoi(digits.c_str()); };
  std::tm broken{};
  broken.tm_year = number(year) - 1900;
  broken.tm_mon = number(month) - 1;
  broken.tm_mday = number(day);
  broken.tm_hour = number(hour);
  broken.tm_min = number(minute);
  broken.tm_sec = number(second);
  std::time_t moment = ::timegm(&broken);
  // timegm() carries what is too large over to the next day or month.
  if (broken.tm_mon != number(month) - 1 || broken.tm_mday != number(day)) return std::nullopt;
  const int offset_s = 3600 * number(hours) + 60 * number(minutes);
  moment += sign == "-" ? offset_s : -offset_s;
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(moment));
}

}  // namespace scalelaw::harness
