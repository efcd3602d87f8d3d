#include "harness/process/oom_kills.hpp"

#include <fstream>
#include <string>

namespace scalelaw::harness {

std::int64_t oom_kills() {
  std::ifstream file("/proc/vmstat");
  std::string name;
  for (std::int64_t value = 0; file >> name >> value;) {
    if (name == "oom_kill") return value;
  }
  return 0;
}

}  // namespace scalelaw::harness
