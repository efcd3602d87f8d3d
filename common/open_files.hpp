#pragma once

#include <vector>

namespace scalelaw {

/// The descriptors that this process has open, with that of the listing itself, which is closed
/// afterwards.  Empty where the system does not tell (/proc/self/fd).
std::vector<int> open_files();

}  // namespace scalelaw
