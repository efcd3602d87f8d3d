#include "harness/results/proven_binding.hpp"

#include <map>
#include <set>
#include <string>

#include "common/cpu_list.hpp"

namespace scalelaw::harness {

using nlohmann::json;

bool proves_binding(const json& header) {
  if (!header.is_object() || !header.contains("ranks")) return false;
  try {
    std::map<std::string, std::set<int>> taken;  // by host
    for (const json& rank : header.at("ranks")) {
      std::set<int>& here = taken[rank.at("host").get<std::string>()];
      for (const json& thread : rank.at("threads")) {
        const auto cpus = parse_cpu_list(thread.at("cpus").get_ref<const std::string&>());
        if (cpus.empty()) return false;
        for (const int cpu : cpus) {
          if (!here.insert(cpu).second) return false;
        }
      }
    }
    return !taken.empty();
  } catch (const std::exception&) {  // an unknown mask, a missing key
    return false;
  }
}

}  // namespace scalelaw::harness
