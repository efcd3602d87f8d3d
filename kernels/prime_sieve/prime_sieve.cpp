#include "kernels/prime_sieve/prime_sieve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "common/error.hpp"
#include "kernels/prime_sieve/reference.hpp"
#include "kernels/prime_sieve/tally.hpp"
#include "kernels/prime_sieve/wheel.hpp"
#include "kernels/prime_sieve/work.hpp"

namespace scalelaw {
namespace {

using sieve::numbers_per_byte;
using Params = PrimeSieve::Params;

/// The interval in bytes of the sieve.
Range bytes_of(const Params& params) {
  return {params.from / numbers_per_byte, params.limit / numbers_per_byte + 1};
}

/// The approximate size of an item, a power of two.  It costs at least what starting an item
/// elsewhere costs, which grows with the base primes, and holds whole segments if there are buckets.
std::int64_t item_bytes(const Params& params) {
  const std::int64_t root = sieve::integer_root(params.limit);
  const std::int64_t least = root > sieve::turn_bound ? sieve::max_segment_bytes : 1 << 16;
  return std::max(least, static_cast<std::int64_t>(std::bit_ceil(root / 60ULL + 1)));
}

/// Where item `item` begins.  Items have about the same work, so that ranks and threads get equal
/// shares; later numbers need more work than earlier ones.
std::int64_t border(const Params& params, std::int64_t item) {
  const Range all = bytes_of(params);
  const std::int64_t items = PrimeSieve::items(params);
  if (item >= items) return all.end;
  const std::int64_t unit = item_bytes(params) >= sieve::max_segment_bytes
                                ? sieve::max_segment_bytes
                                : sieve::presieve_block;
  const double part = static_cast<double>(item) / static_cast<double>(items);
  const double share = sieve::interval_with_work(part, params.from, params.limit);
  const auto bytes = static_cast<std::int64_t>(share * static_cast<double>(all.size()));
  return all.begin + bytes / unit * unit;
}

/// The bytes of the items in `range`.
Range bytes_of(const Params& params, Range range) {
  return {border(params, range.begin), border(params, range.end)};
}

sieve::CacheSizes caches_for(const Params& params) {
  sieve::CacheSizes caches = sieve::CacheSizes::of_machine();
  if (params.l1_bytes > 0) caches.l1_bytes = params.l1_bytes;
  if (params.l2_bytes > 0) caches.l2_bytes = params.l2_bytes;
  return caches;
}

/// Makes `bytes`, which stands for the bytes from `first`, hold exactly the primes of the interval,
/// and rounds its size up to the 64 bytes that a tally needs.
std::span<std::uint8_t> trim(const Params& params, const PrimeSieve::Shared& shared,
                             std::span<std::uint8_t> bytes, std::int64_t first) {
  shared.presieve.restore_primes(bytes, first);
  const Range all = bytes_of(params);
  if (first == all.begin) {
    bytes.front() &= sieve::residues_between(params.from % numbers_per_byte, numbers_per_byte);
  }
  if (first + std::ssize(bytes) == all.end) {
    bytes.back() &= sieve::residues_between(0, params.limit % numbers_per_byte);
  }
  const std::size_t rounded = (bytes.size() + 63) / 64 * 64;
  std::fill(bytes.data() + bytes.size(), bytes.data() + rounded, std::uint8_t{0});
  return {bytes.data(), rounded};
}

void tally(const Params& params, std::span<const std::uint8_t> bytes, std::int64_t first,
           PrimeSieve::Partial& partial) {
  if (params.checksum == PrimeSieve::Checksum::sum) {
    const sieve::CountAndSum found = sieve::sum_primes(bytes, first);
    partial.count += found.count;
    partial.sum += found.sum;
  } else {
    partial.count += sieve::count_primes(bytes);
  }
  if (params.twins) partial.twins += sieve::count_twins(bytes);
}

/// The primes without bits in the sieve, and the twins among them and 7.
PrimeSieve::Partial primes_below_seven(const Params& params) {
  PrimeSieve::Partial out;
  for (const std::int64_t p : {2, 3, 5}) {
    if (p < params.from || p > params.limit) continue;
    ++out.count;
    if (params.checksum == PrimeSieve::Checksum::sum) out.sum += static_cast<std::uint64_t>(p);
    if (params.twins && p > 2 && p + 2 <= params.limit) ++out.twins;
  }
  return out;
}

void check_cache(std::string_view option, std::int64_t bytes, std::int64_t least) {
  if (bytes == 0 || bytes >= least) return;
  throw Error(fmt::format("{} {} is too small for a cache", option, bytes),
              fmt::format("choose at least {}, or 0 for this machine's size", least));
}

}  // namespace

void PrimeSieve::check(const Params& params) {
  if (params.from > params.limit) {
    throw Error(fmt::format("the interval from {} to {} is empty", params.from, params.limit),
                "choose a --from of at most --limit");
  }
  check_cache("--l1-bytes", params.l1_bytes, least_l1_bytes);
  check_cache("--l2-bytes", params.l2_bytes, least_l2_bytes);
}

std::int64_t PrimeSieve::items(const Params& params) {
  const std::int64_t item = item_bytes(params);
  return (bytes_of(params).size() + item - 1) / item;
}

Work PrimeSieve::work(const Params& params) {
  // Each rank has its base primes as bits; each thread has segments and primes that fill one cache.
  const double root = std::sqrt(static_cast<double>(params.limit));
  return {.items = items(params),
          .operations = sieve::sieving_work(params.from, params.limit),
          .resident_bytes = root / 30 + 8 * root / std::max(1.0, std::log(root + 1)),
          .amount = static_cast<double>(params.limit - params.from + 1),
          .unit = "numbers",
          .demands = {{.rate = "update", .amount = sieve::crossings(params.from, params.limit)}}};
}

PrimeSieve::Shared PrimeSieve::prepare(const Params& params) {
  return {sieve::BasePrimes(sieve::integer_root(params.limit)),
          sieve::Presieve(sieve::PresieveLimits::for_size(bytes_of(params).size()))};
}

void PrimeSieve::compute(const Params& params, const Shared& shared, const Storage&, Range range,
                         Workspace& workspace, Partial& partial) {
  const Range bytes = bytes_of(params, range);
  if (bytes.empty()) return;
  sieve::SegmentSieve& sieve = workspace.sieve;
  if (workspace.next_byte != bytes.begin || !(workspace.params == params)) {
    sieve.start(shared, caches_for(params), bytes.begin, bytes_of(params).end);
    workspace.params = params;
  }
  bool ends_in_prime = false;  // whether the previous segment's last number, 30 b - 1, is prime
  for (std::int64_t first = bytes.begin; first < bytes.end; first = sieve.position()) {
    const auto segment = sieve.next(shared, bytes.end);
    const auto primes = trim(params, shared, segment, first);
    tally(params, primes, first, partial);
    if (params.twins && ends_in_prime && (primes.front() & 1) != 0) ++partial.twins;
    ends_in_prime = segment.back() >> 7 != 0;
  }
  workspace.next_byte = bytes.end;
  // A pair across the end belongs to the range that contains its first number.
  const std::int64_t beyond = numbers_per_byte * bytes.end + 1;
  if (params.twins && ends_in_prime && beyond <= params.limit &&
      sieve::is_prime(static_cast<std::uint64_t>(beyond))) {
    ++partial.twins;
  }
}

void PrimeSieve::merge(Partial& into, Partial&& from) {
  into.count += from.count;
  into.sum += from.sum;
  into.twins += from.twins;
}

PrimeSieve::Result PrimeSieve::finish(const Params& params, Partial&& partial) {
  merge(partial, primes_below_seven(params));
  return partial;
}

std::vector<Fact> PrimeSieve::facts(const Params& params, const Result& result) {
  std::vector<Fact> out{{"count", fmt::to_string(result.count)}};
  if (params.checksum == Checksum::sum) out.push_back({"sum", fmt::to_string(result.sum)});
  if (params.twins) out.push_back({"twins", fmt::to_string(result.twins)});
  return out;
}

}  // namespace scalelaw
