#include "harness/statistics/in_threads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

namespace scalelaw::harness {
namespace {

/// One in addition to the caller for each further core that tasks can use; fewer where the system
/// refuses.
std::vector<std::jthread> start_helpers(std::size_t tasks, const std::function<void()>& work) {
  std::vector<std::jthread> out;
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  try {
    while (out.size() + 1 < std::min(cores, tasks)) out.emplace_back(work);
  } catch (const std::system_error&) {  // the caller does what is left
  }
  return out;
}

}  // namespace

void in_threads(std::size_t count, const std::function<void(std::size_t)>& task) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::exception_ptr> failed(count);
  const std::function<void()> work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        task(i);
      } catch (...) {
        failed[i] = std::current_exception();
      }
    }
  };
  {
    const std::vector<std::jthread> helpers = start_helpers(count, work);
    work();
  }
  for (const std::exception_ptr& error : failed) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace scalelaw::harness
