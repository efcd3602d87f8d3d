#pragma once

#include <nlohmann/json.hpp>

namespace scalelaw::harness {

/// Whether a record's header proves that every thread had processors of its own: it lists the mask
/// of each thread, and on no host do two masks share a processor.  A driver may know less
/// (docs/record.md).  Then its binding is unproven.  That is not a fault, and every table that
/// shows its times says so.
/// `header`: null when there was none.
/// Errors: none.  What is not as docs/record.md says proves nothing.
bool proves_binding(const nlohmann::json& header);

}  // namespace scalelaw::harness
