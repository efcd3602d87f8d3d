#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "kernels/kernel.hpp"
#include "kernels/prime_sieve/segment_sieve.hpp"

namespace scalelaw {

/// Counts the primes in an interval and adds them up modulo 2^64; optionally counts twin primes.
///
/// A segmented sieve of Eratosthenes with one byte per 30 numbers (sieve::SegmentSieve).  Items are
/// stretches of bytes whose size depends on the parameters alone, so that every placement shares
/// the same items.  A thread that continues where it stopped has no start-up cost; elsewhere it
/// costs one division per base prime.
///
/// Units:   numbers; limit up to 10^18.
/// Memory:  O(sqrt(limit)) per rank and per thread.
/// Threads: compute is pure; safe on disjoint ranges.
/// Source:  Sorenson, "An introduction to prime number sieves" (1990); Oliveira e Silva (2002) for
///          primes beyond a segment.
struct PrimeSieve {
  static constexpr std::string_view name = "prime_sieve";
  static constexpr std::string_view summary = "count and sum of the primes in an interval";
  static constexpr std::string_view size_parameter = "limit";
  static constexpr bool ordered = false;
  static constexpr Schedule schedule{.kind = Schedule::Kind::dynamic};

  enum class Checksum { none, sum };
  friend constexpr auto enum_names(Checksum) {
    return std::array<std::string_view, 2>{"none", "sum"};
  }

  /// The smallest cache sizes that may be set; with smaller ones only the overhead of segments
  /// would be measured.
  static constexpr std::int64_t least_l1_bytes = 1 << 12, least_l2_bytes = 1 << 14;

  static constexpr std::int64_t largest_limit = 1'000'000'000'000'000'000;

  struct Params {
    std::int64_t limit = 1'000'000'000;
    std::int64_t from = 0;
    Checksum checksum = Checksum::sum;
    bool twins = false;
    std::int64_t l1_bytes = 0;
    std::int64_t l2_bytes = 0;

    friend bool operator==(const Params&, const Params&) = default;
    static constexpr auto fields() {
      using P = Params;
      return std::tuple{
          Field<P, std::int64_t>{"limit", &P::limit, "last number of the interval", 0,
                                 largest_limit},
          Field<P, std::int64_t>{"from", &P::from, "first number of the interval", 0,
                                 largest_limit},
          Field<P, Checksum>{"checksum", &P::checksum, "sum also adds up the primes, modulo 2^64"},
          Field<P, bool>{"twins", &P::twins, "also count the pairs of primes that differ by 2"},
          Field<P, std::int64_t>{
              "l1_bytes", &P::l1_bytes,
              "size of the first-level data cache, 4Ki to 1Mi; 0: this machine's", 0, 1 << 20},
          Field<P, std::int64_t>{"l2_bytes", &P::l2_bytes,
                                 "size of the second-level cache, 16Ki to 8Mi; 0: this machine's",
                                 0, 1 << 23}};
    }
  };

  struct Storage {};
  using Shared = sieve::Tools;

  /// One thread's sieve, with the parameters and the position at which it can continue.
  struct Workspace {
    sieve::SegmentSieve sieve;
    std::int64_t next_byte = -1;  ///< -1: nowhere
    Params params;
  };
  struct Partial {
    std::int64_t count = 0;
    std::uint64_t sum = 0;
    std::int64_t twins = 0;
  };
  using Result = Partial;

  static void check(const Params& params);
  static std::int64_t items(const Params& params);
  static Work work(const Params& params);
  static Storage allocate(const Params&, Range) { return {}; }
  static void fill(const Params&, Storage&, Range) {}
  static std::vector<Piece> pieces(const Params&, Storage&, Range) { return {}; }
  static Shared prepare(const Params& params);
  static void compute(const Params& params, const Shared& shared, const Storage& storage,
                      Range range, Workspace& workspace, Partial& partial);
  static void merge(Partial& into, Partial&& from);
  static Result finish(const Params& params, Partial&& partial);
  static std::vector<Fact> facts(const Params& params, const Result& result);

  /// Compares exactly with tables for powers of ten and with independent methods (reference.hpp)
  /// where these are affordable; elsewhere it checks the count against proven bounds and trusts
  /// the rest.
  static std::string verify(const Params& params, const Result& result);
};

static_assert(Kernel<PrimeSieve>);

}  // namespace scalelaw
