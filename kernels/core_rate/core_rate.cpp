#include "kernels/core_rate/core_rate.hpp"

#include <fmt/format.h>

#include <bit>

#include "kernels/core_rate/rate_path.hpp"
#include "kernels/numerics/isa_paths.hpp"

namespace scalelaw {
namespace {

constexpr IsaPaths<RatePath> paths = SCALELAW_ISA_PATHS(rate_path);

/// What the loops read.
struct Input {
  std::array<float, rate_floats> floats{};
  std::array<std::uint64_t, rate_words> words{};

  constexpr Input() {
    for (std::size_t i = 0; i < floats.size(); ++i) floats[i] = 0.5F + static_cast<float>(i);
    std::uint64_t word = 0;
    for (std::uint64_t& one : words) one = word += 0x9E3779B97F4A7C15;
  }
};
alignas(64) constinit const Input input;

/// A double that the compiler does not know to be constant.
double opaque(double value) {
  const volatile double hidden = value;
  return hidden;
}

std::uint64_t sum_of(Rate rate, std::int64_t items) {
  const RatePath& path = paths.active();
  switch (rate) {
    case Rate::add:
      return path.add(opaque(1), items);
    case Rate::multiply_add:
      return path.multiply_add(opaque(1), items);
    case Rate::convert:
      return path.convert(input.floats.data(), items);
    case Rate::popcount:
      return path.popcount(input.words.data(), items);
    case Rate::update: {
      alignas(64) std::array<std::uint8_t, rate_bytes> bytes;  // the loop begins by clearing it
      return path.update(bytes.data(), rate_stride, items);
    }
  }
  return 0;
}

/// The same by plain arithmetic: ones are counted, and tables are read once.
std::uint64_t expected_of_item(Rate rate) {
  std::uint64_t once = 0;
  if (rate == Rate::convert) {
    for (const float x : input.floats) once += std::bit_cast<std::uint64_t>(double{x});
    return once * (rate_item / rate_floats);
  }
  if (rate == Rate::popcount) {
    for (const std::uint64_t word : input.words) {
      once += static_cast<std::uint64_t>(std::popcount(word));
    }
    return once * (rate_item / rate_words);
  }
  return rate_item;
}

double flops_of(Rate rate) {
  return rate == Rate::add ? 1 : rate == Rate::multiply_add ? 2 : 0;
}

}  // namespace

std::int64_t CoreRate::items(const Params& params) {
  return (params.operations + rate_item - 1) / rate_item;
}

Work CoreRate::work(const Params& params) {
  const double operations = static_cast<double>(items(params) * rate_item);
  return {.items = items(params),
          .operations = operations,
          .flops = operations * flops_of(params.rate),
          .amount = operations,
          .unit = "operations"};
}

void CoreRate::compute(const Params& params, const Shared&, const Storage&, Range range, Workspace&,
                       Partial& partial) {
  partial.sum += sum_of(params.rate, range.size());
}

std::vector<Fact> CoreRate::facts(const Params&, const Result& result) {
  return {{"sum", fmt::format("{:#018x}", result.sum)}};
}

std::string CoreRate::verify(const Params& params, const Result& result) {
  const std::uint64_t expected =
      expected_of_item(params.rate) * static_cast<std::uint64_t>(items(params));
  if (expected == result.sum) return {};
  return fmt::format("the operations add up to {:#018x}, not {:#018x}", result.sum, expected);
}

}  // namespace scalelaw
