#include "paradigms/shared_counter.hpp"

#include <fmt/format.h>

namespace scalelaw::paradigms {

Work SharedCounter::work(const SharedCounter& params) {
  const auto increments = static_cast<double>(params.increments);
  return {.items = params.increments,
          .operations = increments * static_cast<double>(1 + params.steps),
          .amount = increments,
          .unit = "increments"};
}

std::vector<Fact> facts_of(const SharedCounter& params, std::int64_t count) {
  return {{"count", std::to_string(count)}, {"lost", std::to_string(params.increments - count)}};
}

std::string fault_of(const SharedCounter& params, std::int64_t count, int workers) {
  const bool may_lose = params.update == Update::race && workers > 1;
  if (count == params.increments) return {};
  if (may_lose && count > 0 && count < params.increments) return {};
  return fmt::format("the counter is {} after {} increments{}", count, params.increments,
                     may_lose ? ", which no race explains" : "");
}

}  // namespace scalelaw::paradigms
