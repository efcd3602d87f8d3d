#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace scalelaw::harness {

/// The shell text that runs `command` and, where a limit is known, asks it to end `end_s` before:
/// SIGUSR1 to it alone, whatever the batch system sends to whom at the limit.  `limit_s`: 0: none.
std::string timed_start(const std::vector<std::string>& command, std::int64_t limit_s,
                        std::int64_t end_s);

}  // namespace scalelaw::harness
