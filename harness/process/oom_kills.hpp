#pragma once

#include <cstdint>

namespace scalelaw::harness {

/// How many processes this machine's kernel has ended since it started because memory ran out,
/// under any memory limit; 0 where it does not report this (kernels before 4.13).
std::int64_t oom_kills();

}  // namespace scalelaw::harness
