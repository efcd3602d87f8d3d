#pragma once

#include <cstdint>

namespace scalelaw::harness {

/// How many processes this machine's kernel has ended for want of memory since it began, in any
/// memory limit; 0 where it does not tell (kernels before 4.13).
std::int64_t oom_kills();

}  // namespace scalelaw::harness
