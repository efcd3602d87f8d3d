#pragma once

#include <nlohmann/json.hpp>

#include "adapter/definition.hpp"
#include "adapter/session.hpp"

namespace scalelaw::adapter {

/// The catalogue (docs/record.md, `--describe`): one kernel.
nlohmann::json catalogue_of(const Definition& definition);

/// Every parameter as a run uses it.
nlohmann::json params_of(const Definition& definition, const Asked& asked);

/// The name of the model of a definition.
std::string model_name(const Definition& definition);

/// The work of a pass.
/// Errors: throws Error when `work` has no value for these parameters.
nlohmann::json work_of(const Definition& definition, const Asked& asked);

/// The answer to `--describe` with the kernel.
/// Errors: also throws Error when something is missing, or the program is not there.
nlohmann::json answer_of(const Definition& definition, const Asked& asked);

/// Errors: throws Error for a placeholder that nothing fills, and for programs that are not there.
void require_ready(const Definition& definition, const Asked& asked);

}  // namespace scalelaw::adapter
