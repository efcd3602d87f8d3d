#pragma once

#include <vector>

namespace scalelaw {

/// The processors that this thread may run on; empty when the system does not say.
std::vector<int> processors_of_this_thread();

}  // namespace scalelaw
