#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace scalelaw::harness {

/// What the times of a launch span (`timer.span` in docs/record.md).
enum class TimerSpan {
  pass,     ///< from a common start of all ranks to the last action of the slowest
  process,  ///< the whole process of the slowest rank, its start included
  own       ///< what the program itself chose to time
};
constexpr auto enum_names(TimerSpan) {
  return std::array<std::string_view, 3>{"pass", "process", "own"};
}

/// That of a launch; `header`: of its record, with a timer.
TimerSpan timer_span(const nlohmann::json& header);

}  // namespace scalelaw::harness
