#include <fmt/format.h>

#include <cmath>
#include <tuple>

#include "kernels/prime_sieve/prime_sieve.hpp"
#include "kernels/prime_sieve/reference.hpp"

namespace scalelaw {
namespace {

using Params = PrimeSieve::Params;

constexpr std::int64_t legendre_limit = 20'000'000'000'000;

/// The budget of verify(): a fraction of a second where Legendre's method checks count and sum and
/// only the twins need more, a few seconds where it cannot.
constexpr double quick_steps = 2e8;
constexpr double affordable_steps = 2e9;

/// The cost of Legendre's method, in the plain sieve's steps.
double legendre_steps(const Params& params) {
  const auto of = [](std::int64_t limit) { return 0.1 * std::pow(limit, 0.75); };
  return of(params.limit) + of(params.from);
}

std::string difference(std::string_view what, std::int64_t found, std::int64_t expected) {
  if (found == expected) return {};
  return fmt::format("{} is {}, not {}", what, found, expected);
}

std::string sum_difference(const Params& params, std::uint64_t found, std::uint64_t expected) {
  if (params.checksum == PrimeSieve::Checksum::none || found == expected) return {};
  return fmt::format("the sum modulo 2^64 is {}, not {}", found, expected);
}

std::string first_fault(std::initializer_list<std::string> faults) {
  for (const std::string& fault : faults) {
    if (!fault.empty()) return fault;
  }
  return {};
}

std::string verify_by_tables(const Params& params, const PrimeSieve::Result& result) {
  if (params.from > 2) return {};
  const auto count = sieve::known_count(params.limit);
  const auto twins = sieve::known_twins(params.limit);
  return first_fault({count ? difference("the count", result.count, *count) : std::string{},
                      params.twins && twins
                          ? difference("the number of twins", result.twins, *twins)
                          : std::string{}});
}

std::string verify_by_plain_sieve(const Params& params, const PrimeSieve::Result& result) {
  const sieve::PlainTotals right = sieve::totals_by_plain_sieve(params.from, params.limit);
  return first_fault({difference("the count", result.count, right.count),
                      sum_difference(params, result.sum, right.sum),
                      params.twins ? difference("the number of twins", result.twins, right.twins)
                                   : std::string{}});
}

std::string verify_by_legendre(const Params& params, const PrimeSieve::Result& result) {
  sieve::PrimeTotals right = sieve::totals_by_legendre(params.limit);
  if (params.from > 2) {
    const sieve::PrimeTotals before = sieve::totals_by_legendre(params.from - 1);
    right.count -= before.count;
    right.sum -= before.sum;
  }
  return first_fault({difference("the count", result.count, right.count),
                      sum_difference(params, result.sum, right.sum)});
}

std::string verify_by_bounds(const Params& params, const PrimeSieve::Result& result) {
  const auto [low, high] = sieve::count_bounds(params.limit);
  double before_low = 0, before_high = 0;
  if (params.from > 2) std::tie(before_low, before_high) = sieve::count_bounds(params.from - 1);
  const auto count = static_cast<double>(result.count);
  if (count >= low - before_high && count <= high - before_low) return {};
  return fmt::format("the count {} is not between {:.0f} and {:.0f}", result.count,
                     low - before_high, high - before_low);
}

}  // namespace

std::string PrimeSieve::verify(const Params& params, const Result& result) {
  std::string known = verify_by_tables(params, result);
  if (!known.empty()) return known;
  const double plain_steps = sieve::plain_sieve_steps(params.from, params.limit);
  if (params.limit <= legendre_limit) {
    const double bearable = params.twins ? quick_steps : legendre_steps(params);
    return plain_steps <= bearable ? verify_by_plain_sieve(params, result)
                                   : verify_by_legendre(params, result);
  }
  return plain_steps <= affordable_steps ? verify_by_plain_sieve(params, result)
                                         : verify_by_bounds(params, result);
}

}  // namespace scalelaw
