#include "harness/conformance/small_size.hpp"

#include <cstdint>
#include <vector>

namespace scalelaw::harness {
namespace {

constexpr double few_operations = 1e5;
constexpr double few_bytes = 16e6;

}  // namespace

bool is_small(const nlohmann::json& work) {
  return work["operations"].get<double>() <= few_operations &&
         work["resident_bytes"].get<double>() <= few_bytes;
}

std::optional<std::int64_t> small_size(std::int64_t usual,
                                       const std::function<nlohmann::json(std::int64_t)>& work_of) {
  std::vector<std::int64_t> sizes;
  for (std::int64_t size = 1; size <= usual; size *= 10) {
    sizes.push_back(size);
    if (size > usual / 10) break;
  }
  std::optional<std::int64_t> accepted, best;
  std::size_t low = 0, high = sizes.size();  // what is below `low` is small or refused as too small
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const nlohmann::json work = work_of(sizes[middle]);
    if (!work.is_null()) accepted = std::min(accepted.value_or(sizes[middle]), sizes[middle]);
    if (work.is_null() || is_small(work)) {
      if (!work.is_null()) best = sizes[middle];
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return best ? best : accepted;
}

}  // namespace scalelaw::harness
