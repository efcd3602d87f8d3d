#include "kernels/calibration/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/numerics/chain.hpp"

namespace scalelaw {
namespace {

std::int64_t serial_steps(const Calibration::Params& params) {
  if (params.serial_operations > 0) return std::min(params.serial_operations, params.operations);
  return std::llround(static_cast<double>(params.operations) * params.serial_fraction);
}

/// The whole number of steps before item `i`; for i = items, the total of the parallel part.
std::int64_t steps_before(const Calibration::Params& params, std::int64_t i) {
  const double total = static_cast<double>(params.operations - serial_steps(params));
  const double x = static_cast<double>(i) / static_cast<double>(params.items);
  return std::llround(total * (x + params.imbalance * x * (x - 1)));
}

std::uint64_t start_of(const Calibration::Params& params, std::int64_t item) {
  return Chain::start(params.seed, item);
}

}  // namespace

void Calibration::check(const Params& params) {
  const auto in_unit = [](double x) { return x >= 0 && x < 1; };
  if (!in_unit(params.serial_fraction) || !in_unit(params.imbalance)) {
    throw Error("a fraction is outside [0, 1)",
                "choose --serial-fraction and --imbalance in [0, 1)");
  }
  if (params.serial_fraction > 0 && params.serial_operations > 0) {
    throw Error("both a serial fraction and serial operations are given", "keep one of them");
  }
}

Work Calibration::work(const Params& params) {
  const auto steps = static_cast<double>(params.operations);
  return {.items = params.items, .operations = steps, .amount = steps, .unit = "operations"};
}

Calibration::Shared Calibration::prepare(const Params& params) {
  return {Chain::walk(start_of(params, -1), serial_steps(params))};
}

void Calibration::compute(const Params& params, const Shared& shared, const Storage&, Range range,
                          Workspace&, Partial& partial) {
  partial.serial_end = shared.serial_end;
  partial.merge_operations = params.merge_operations;
  for (std::int64_t i = range.begin; i < range.end; ++i) {
    const std::int64_t steps = steps_before(params, i + 1) - steps_before(params, i);
    partial.sum += Chain::walk(start_of(params, i), steps);
  }
}

void Calibration::merge(Partial& into, Partial&& from) {
  into.ballast = Chain::walk(into.ballast ^ from.ballast, from.merge_operations);
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
    sum += Chain::jump(start_of(params, i), steps_before(params, i + 1) - steps_before(params, i));
  }
  sum ^= Chain::jump(start_of(params, -1), serial_steps(params));
  if (sum == result.sum) return {};
  return fmt::format("the chains end at {:#018x}, not at {:#018x}", result.sum, sum);
}

}  // namespace scalelaw
