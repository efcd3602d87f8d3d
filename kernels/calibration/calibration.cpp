#include "kernels/calibration/calibration.hpp"

#include <fmt/format.h>

#include <cmath>

namespace scalelaw {
namespace {

constexpr std::uint64_t multiplier = 6364136223846793005ULL;
constexpr std::uint64_t increment = 1442695040888963407ULL;

/// The busy work itself: `steps` dependent steps from `x`.
std::uint64_t walk(std::uint64_t x, std::int64_t steps) {
  for (std::int64_t i = 0; i < steps; ++i) x = x * multiplier + increment;
  return x;
}

/// The value of walk() in O(log steps) (Brown 1994), for verify() and the tests.
std::uint64_t jump(std::uint64_t x, std::int64_t steps) {
  std::uint64_t a = multiplier, c = increment;
  for (; steps > 0; steps >>= 1) {
    if (steps & 1) x = x * a + c;
    c *= a + 1;
    a *= a;
  }
  return x;
}

std::int64_t serial_steps(const Calibration::Params& params) {
  return std::llround(static_cast<double>(params.operations) * params.serial_fraction);
}

/// The whole number of steps before item `i`; for i = items, the total of the parallel part.
std::int64_t steps_before(const Calibration::Params& params, std::int64_t i) {
  const double total = static_cast<double>(params.operations - serial_steps(params));
  const double x = static_cast<double>(i) / static_cast<double>(params.items);
  return std::llround(total * (x + params.imbalance * x * (x - 1)));
}

std::uint64_t start_of(const Calibration::Params& params, std::int64_t item) {
  return static_cast<std::uint64_t>(params.seed) * 0x9E3779B97F4A7C15ULL +
         static_cast<std::uint64_t>(item);
}

}  // namespace

void Calibration::check(const Params& params) {
  const auto in_unit = [](double x) { return x >= 0 && x < 1; };
  if (!in_unit(params.serial_fraction) || !in_unit(params.imbalance)) {
    throw Error("a fraction is outside [0, 1)",
                "choose --serial-fraction and --imbalance in [0, 1)");
  }
}

Work Calibration::work(const Params& params) {
  const auto steps = static_cast<double>(params.operations);
  return {.items = params.items, .operations = steps, .amount = steps, .unit = "operations"};
}

Calibration::Shared Calibration::prepare(const Params& params) {
  return {walk(start_of(params, -1), serial_steps(params))};
}

void Calibration::compute(const Params& params, const Shared& shared, const Storage&, Range range,
                          Workspace&, Partial& partial) {
  partial.serial_end = shared.serial_end;
  partial.merge_operations = params.merge_operations;
  for (std::int64_t i = range.begin; i < range.end; ++i) {
    const std::int64_t steps = steps_before(params, i + 1) - steps_before(params, i);
    partial.sum += walk(start_of(params, i), steps);
  }
}

void Calibration::merge(Partial& into, Partial&& from) {
  into.ballast = walk(into.ballast ^ from.ballast, from.merge_operations);
  into.sum += from.sum;
  into.serial_end |= from.serial_end;  // the same in every partial that computed anything
  into.merge_operations |= from.merge_operations;
}

Calibration::Result Calibration::finish(const Params&, Partial&& partial) {
  return {partial.sum ^ partial.serial_end};
}

std::vector<Fact> Calibration::facts(const Params&, const Result& result) {
  return {{"sum", fmt::format("{:#018x}", result.sum)}};
}

std::string Calibration::verify(const Params& params, const Result& result) {
  std::uint64_t sum = 0;
  for (std::int64_t i = 0; i < params.items; ++i) {
    sum += jump(start_of(params, i), steps_before(params, i + 1) - steps_before(params, i));
  }
  sum ^= jump(start_of(params, -1), serial_steps(params));
  if (sum == result.sum) return {};
  return fmt::format("the chains end at {:#018x}, not at {:#018x}", result.sum, sum);
}

}  // namespace scalelaw
