#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace scalelaw::harness {

/// The whole number n >= 1 whose amount(n) is nearest to `target`.  amount() must not fall with n.
/// It takes few evaluations: secant steps inside a bracket that bisection halves.
/// `start`: where to look first.  Stops early at a relative distance of 1e-9.
/// Errors: passes on what amount() throws; throws Error when `target` is out of reach below 2^62.
std::int64_t solve_size(const std::function<double(std::int64_t)>& amount, double target,
                        std::int64_t start);

}  // namespace scalelaw::harness
