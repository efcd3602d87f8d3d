#include "paradigms/divide_and_conquer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/numerics/chain.hpp"

namespace scalelaw::paradigms {
namespace {

std::uint64_t number(std::int64_t seed, std::int64_t index) {
  return scrambled(Chain::start(seed, index));
}

/// What does not depend on the order of numbers, and changes with any of them.
struct Multiset {
  std::uint64_t sum = 0;
  std::uint64_t sum_of_scrambled = 0;

  void add(std::uint64_t one) {
    sum += one;
    sum_of_scrambled += scrambled(one ^ 0x9E3779B97F4A7C15ULL);
  }
  friend bool operator==(const Multiset&, const Multiset&) = default;
};

}  // namespace

Work DivideAndConquer::work(const DivideAndConquer& params) {
  const auto length = static_cast<double>(params.length);
  return {.items = params.length,
          .operations = length * std::max(1.0, std::log2(length)),
          .resident_bytes = 2 * 8 * length,  // the numbers, and room to merge them
          .amount = length,
          .unit = "numbers"};
}

void fill_numbers(std::int64_t seed, std::int64_t first, std::span<std::uint64_t> numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = number(seed, first + static_cast<std::int64_t>(i));
  }
}

void merge_parts(std::span<const std::uint64_t> left, std::span<const std::uint64_t> right,
                 std::span<std::uint64_t> out) {
  std::merge(left.begin(), left.end(), right.begin(), right.end(), out.begin());
}

void sort_part(std::span<std::uint64_t> numbers) {
  std::sort(numbers.begin(), numbers.end());
}

std::vector<Fact> facts_of(std::span<const std::uint64_t> sorted) {
  std::uint64_t digest = 0;
  for (const std::uint64_t one : sorted) digest = scrambled(digest + one);
  return {{"smallest", std::to_string(sorted.front())},
          {"median", std::to_string(sorted[(sorted.size() - 1) / 2])},
          {"largest", std::to_string(sorted.back())},
          {"digest", fmt::format("{:#018x}", digest)}};
}

std::string fault_of(const DivideAndConquer& params, std::span<const std::uint64_t> sorted) {
  const auto fall = std::is_sorted_until(sorted.begin(), sorted.end());
  if (fall != sorted.end()) {
    return fmt::format("number {} is smaller than the one before it", fall - sorted.begin());
  }
  Multiset given, found;
  for (std::int64_t i = 0; i < params.length; ++i) given.add(number(params.seed, i));
  for (const std::uint64_t one : sorted) found.add(one);
  return given == found ? std::string() : "the sorted numbers are not those of the input";
}

}  // namespace scalelaw::paradigms
