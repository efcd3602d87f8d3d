#include "harness/batch/timed_start.hpp"

#include <fmt/format.h>

#include "harness/batch/job_script.hpp"

namespace scalelaw::harness {

std::string timed_start(const std::vector<std::string>& command, std::int64_t limit_s,
                        std::int64_t end_s) {
  if (limit_s <= end_s) return shell_words(command);
  return fmt::format("timeout --foreground --preserve-status --signal=USR1 {} {}", limit_s - end_s,
                     shell_words(command));
}

}  // namespace scalelaw::harness
