#include "harness/results/timer_span.hpp"

#include <string>

#include "common/field.hpp"

namespace scalelaw::harness {

TimerSpan timer_span(const nlohmann::json& header) {
  return enum_from<TimerSpan>(header.at("timer").value("span", std::string("pass")), "span");
}

}  // namespace scalelaw::harness
