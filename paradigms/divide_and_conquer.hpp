#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/field.hpp"
#include "kernels/kernel.hpp"

namespace scalelaw::paradigms {

/// The parameters of the kernel `divide_and_conquer` (docs/kernels/divide_and_conquer.md).
struct DivideAndConquer {
  static constexpr std::string_view name = "divide_and_conquer";
  static constexpr std::string_view summary =
      "a merge sort that halves its numbers down to a cut-off";
  static constexpr std::string_view size_parameter = "length";

  std::int64_t length = 4'000'000;
  std::int64_t cutoff = 10'000;
  std::int64_t seed = 1;

  static constexpr auto fields() {
    using P = DivideAndConquer;
    return std::tuple{
        Field<P, std::int64_t>{"length", &P::length, "numbers to sort", 1, std::int64_t{1} << 40},
        Field<P, std::int64_t>{"cutoff", &P::cutoff,
                               "the most numbers that are sorted without being halved", 1,
                               std::int64_t{1} << 40},
        Field<P, std::int64_t>{"seed", &P::seed, "seed of the numbers"}};
  }

  static void check(const DivideAndConquer&) {}
  static Work work(const DivideAndConquer& params);
};

/// Numbers [first, first + numbers.size()) of the input.
void fill_numbers(std::int64_t seed, std::int64_t first, std::span<std::uint64_t> numbers);

/// Merges two sorted parts into `out`, which is as long as both together and overlaps neither.
void merge_parts(std::span<const std::uint64_t> left, std::span<const std::uint64_t> right,
                 std::span<std::uint64_t> out);

/// Sorts by comparing, without being halved.
void sort_part(std::span<std::uint64_t> numbers);

std::vector<Fact> facts_of(std::span<const std::uint64_t> sorted);

/// Empty when `sorted` is the input of the seed in ascending order, else what is wrong.
std::string fault_of(const DivideAndConquer& params, std::span<const std::uint64_t> sorted);

}  // namespace scalelaw::paradigms
