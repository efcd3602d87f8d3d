#pragma once

#include <cstddef>
#include <functional>

namespace scalelaw::harness {

/// Calls task(0) to task(count - 1), each once, in several threads: no more than there are cores.
/// Threads:  tasks run at the same time; each must change only what is its own.
/// Errors:   those of the first task that threw, by its number, once all have ended.
void in_threads(std::size_t count, const std::function<void(std::size_t)>& task);

}  // namespace scalelaw::harness
