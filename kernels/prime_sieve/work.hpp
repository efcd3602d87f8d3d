#pragma once

#include <cstdint>

namespace scalelaw::sieve {

/// What crossing off takes for a number near `x`, in stores to the first-level cache: the sum of
/// 1/p over the primes from 211 to sqrt(x), where primes beyond 24 000, whose multiples lie in the
/// second level, count twice; and a little for patterns and tally.  The weights are measured.
/// Source:  Mertens' second theorem.
double work_per_number(double x);

/// The sum of that over the numbers in [from, limit].
double sieving_work(std::int64_t from, std::int64_t limit);

/// Divides a sieve by work instead of by numbers: the share of the interval that holds the first
/// share `part` (0 to 1) of the work in [from, limit], with a work per number that grows linearly.
double interval_with_work(double part, std::int64_t from, std::int64_t limit);

}  // namespace scalelaw::sieve
