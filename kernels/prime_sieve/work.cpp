#include "kernels/prime_sieve/work.hpp"

#include <algorithm>
#include <cmath>

namespace scalelaw::sieve {
namespace {

/// The sum of 1/p over the primes from `low` to `high`.
double inverse_primes(double low, double high) {
  return high <= low ? 0 : std::log(std::log(high) / std::log(low));
}

constexpr double presieved = 211;
/// Larger primes wait in buckets (turn_bound of segment_sieve.hpp).
constexpr double in_buckets = 1 << 21;

/// The sum of `per_number(x)` over the numbers x in [from, limit], for a function that is smooth.
template <class F>
double sum_over(std::int64_t from, std::int64_t limit, F per_number) {
  constexpr int parts = 32;
  const double width = static_cast<double>(limit - from + 1) / parts;
  double sum = 0;
  for (int i = 0; i < parts; ++i) {
    sum += width * per_number(static_cast<double>(from) + (i + 0.5) * width);
  }
  return sum;
}

}  // namespace

double work_per_number(double x) {
  constexpr double first_level = 24'000;
  const double root = std::sqrt(x);
  return 0.1 + 0.8 * inverse_primes(presieved, std::min(root, first_level)) +
         2 * inverse_primes(first_level, root);
}

double sieving_work(std::int64_t from, std::int64_t limit) {
  return sum_over(from, limit, work_per_number);
}

double crossings(std::int64_t from, std::int64_t limit) {
  return sum_over(from, limit, [](double x) {
    const double root = std::sqrt(x);
    return 8.0 / 30 * inverse_primes(presieved, std::min(root, in_buckets)) +
           48.0 / 210 * inverse_primes(in_buckets, root);
  });
}

double interval_with_work(double part, std::int64_t from, std::int64_t limit) {
  const auto first = static_cast<double>(from);
  const double quarter = static_cast<double>(limit - from) / 4;
  const double growth = work_per_number(first + 3 * quarter) / work_per_number(first + quarter);
  // The work up to share t of the interval is (t + a t t) / (1 + a); this a gives the growth from
  // the first quarter to the third.
  const double a = (growth - 1) / (1.5 - 0.5 * growth);
  return a < 1e-9 ? part : (std::sqrt(1 + 4 * a * (1 + a) * part) - 1) / (2 * a);
}

}  // namespace scalelaw::sieve
