#include "harness/launch/record_header.hpp"

#include <filesystem>

namespace scalelaw::harness {

using nlohmann::json;

json record_header(const Job& job, const std::vector<Phase>& phases) {
  const Placement& at = job.placement;
  json params = job.params;
  params["seed"] = job.seed;
  json listed = json::array();
  for (const Phase& phase : phases) {
    listed.push_back({{"name", phase.name}, {"role", to_string(phase.role)}});
  }
  return {{"record", "header"},
          {"schema", 2},
          {"driver", std::filesystem::path(job.driver.at(0)).filename().string()},
          {"implementation", job.implementation},
          {"kernel", job.kernel},
          {"model", job.model.name},
          {"params", std::move(params)},
          {"options", job.options},
          {"seed", job.seed},
          {"phases", std::move(listed)},
          {"placement", {{"nodes", at.nodes}, {"ranks", at.ranks()}, {"threads", at.threads}}}};
}

}  // namespace scalelaw::harness
