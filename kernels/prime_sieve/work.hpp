#pragma once

#include <cstdint>

namespace scalelaw::sieve {

/// The cost of crossing off for a number near `x`, in stores to the first-level cache: the sum of
/// 1/p over the primes from 211 to sqrt(x), plus a little for patterns and tally.  Primes beyond
/// 24 000 weigh more, because their multiples are in the second-level cache.  All weights are
/// measured.
/// Source:  Mertens' second theorem.
double work_per_number(double x);

/// The sum of work_per_number() over the numbers in [from, limit].
double sieving_work(std::int64_t from, std::int64_t limit);

/// How many multiples a sieve of [from, limit] crosses off: those of the primes from 211 to
/// sqrt(limit) that no prime of the wheel divides, which is modulo 30, and modulo 210 for primes
/// that wait in buckets.  Each is a byte that is loaded, changed and stored.
double crossings(std::int64_t from, std::int64_t limit);

/// Divides a sieve by work instead of by numbers: the share of the interval that contains the first
/// `part` (0 to 1) of the work in [from, limit], for a work per number that grows linearly.
double interval_with_work(double part, std::int64_t from, std::int64_t limit);

}  // namespace scalelaw::sieve
