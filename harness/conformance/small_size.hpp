#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

namespace scalelaw::harness {

/// Whether a pass of this work takes little time and memory.
bool is_small(const nlohmann::json& work);

/// The largest power of ten below a kernel's usual size whose work is small.  If there is none, the
/// smallest accepted one, else nothing.  `work_of`: the work of a size; null when it is refused.
std::optional<std::int64_t> small_size(std::int64_t usual,
                                       const std::function<nlohmann::json(std::int64_t)>& work_of);

}  // namespace scalelaw::harness
