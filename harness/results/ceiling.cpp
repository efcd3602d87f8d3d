#include "harness/results/ceiling.hpp"

#include <limits>

namespace scalelaw::harness {

bool is_ceiling(const Point& point) {
  return point.experiment == ceilings_experiment && measures_machine(point.kernel);
}

bool measures_machine(const std::string& kernel) {
  return kernel == ceiling_read || kernel == ceiling_rate || kernel == ceiling_exchange;
}

double working_set_bytes(const Point& point) {
  for (const char* key : {"resident_bytes", "compulsory_bytes"}) {
    if (point.work.is_object() && point.work.contains(key)) return point.work[key].get<double>();
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace scalelaw::harness
