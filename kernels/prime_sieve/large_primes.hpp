#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernels/prime_sieve/base_primes.hpp"

namespace scalelaw::sieve {

/// Crosses off with primes so large that most segments contain no multiple of them.  Each prime
/// waits in the bucket of the segment that contains its next multiple.  Multiples of 2, 3, 5 and 7
/// are skipped.  A prime without another multiple before the end goes to a sink that forgets it: in
/// a short interval that is most of them, and the other buckets stay few enough for a cache.
/// Memory:  8 bytes per prime, and a block per segment that the largest prime can reach.
///
/// Threads: owned by one thread.
/// Source:  Oliveira e Silva, "Fast implementation of the segmented sieve of Eratosthenes" (2002),
///          http://sweet.ua.pt/tos/software/prime_sieve.html.
class LargePrimes {
 public:
  static constexpr int max_log2_segment = 23;  ///< an entry has 23 bits for a place in its segment

  /// Forgets all primes and starts at byte `begin` (see wheel.hpp) with segments of 2^log2_segment
  /// bytes.  Primes up to `largest` will be added; multiples from byte `end` on will not be needed.
  void start(std::int64_t begin, std::int64_t end, std::int64_t largest, int log2_segment);

  /// Adds primes above 2^20 whose squares are in the current segment or before it.
  void add(std::span<const WheelPrime> primes);

  /// Clears the multiples in the current segment, `segment`, and advances to the next.
  void cross_off(std::uint8_t* segment);

 private:
  /// A prime's quotient by 30 (bits 32 up), its place on the wheel (bits 23 to 31: the residues of
  /// the prime and of its cofactor modulo 210), and its next multiple's byte in the segment
  /// (bits 0 to 22).
  using Entry = std::uint64_t;

  static constexpr std::size_t block_bytes = 8192;  ///< and its alignment
  struct alignas(block_bytes) Block {
    Block* previous;
    Entry entries[block_bytes / sizeof(Entry) - 1];
  };

  /// Where entries go, in registers: any write might change a member, as far as a compiler knows.
  struct Route {
    Entry** tails;
    std::size_t current;
    std::size_t mask;
    std::size_t sink;
    std::uint64_t segments;  ///< from the current one to the last
    int log2_segment;
  };

  [[nodiscard]] Route route();
  void push(const Route& route, std::uint64_t place, Entry prime_and_state);
  void free_all(Block* arena);
  Entry* open_block(std::size_t bucket);
  void cross_off_block(std::uint8_t* segment, const Entry* begin, const Entry* end);

  /// Per bucket, where to add the next entry; null if it has none.  The last bucket is the sink.
  std::vector<Entry*> tails_;
  std::size_t bucket_mask_ = 0;
  std::size_t current_ = 0;  ///< bucket of the current segment
  int log2_segment_ = 0;
  std::int64_t position_ = 0;
  std::int64_t end_ = 0;

  std::vector<std::unique_ptr<Block[]>> arenas_;
  Block* free_ = nullptr;
};

}  // namespace scalelaw::sieve
