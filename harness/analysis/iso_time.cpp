#include "harness/analysis/iso_time.hpp"

#include <ctime>
#include <iomanip>
#include <sstream>

namespace scalelaw::harness {

std::optional<std::int64_t> seconds_of_iso(const std::string& text) {
  std::tm parts{};
  std::istringstream in(text);
  in >> std::get_time(&parts, "%Y-%m-%dT%H:%M:%SZ");
  if (in.fail()) return std::nullopt;
  return static_cast<std::int64_t>(::timegm(&parts));
}

}  // namespace scalelaw::harness
