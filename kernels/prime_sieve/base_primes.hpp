#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/prime_sieve/wheel.hpp"

namespace scalelaw::sieve {

/// A prime p = 30 quotient + residues[residue].
struct WheelPrime {
  std::uint32_t quotient = 0;
  std::uint32_t residue = 0;  ///< index into residues

  [[nodiscard]] std::int64_t value() const { return 30LL * quotient + residues[residue]; }
};

/// The primes from 7 up to a bound, one bit each (33 MB for a bound of a billion): what a sieve
/// crosses off with, shared by all threads of a rank.
class BasePrimes {
 public:
  BasePrimes() = default;

  /// Finds the primes up to `bound`, which is at most 2^31.
  explicit BasePrimes(std::int64_t bound);

  [[nodiscard]] std::int64_t bound() const { return bound_; }

  /// Walks the primes in ascending order.  It is a position in the set, not a reference to it.
  class Cursor {
   public:
    /// Stores the next prime in `prime`.  Returns false when none is left.
    bool next(const BasePrimes& primes, WheelPrime& prime) {
      while (bits_ == 0) {
        if (word_ == primes.words_.size()) return false;
        bits_ = primes.words_[word_++];
      }
      const auto bit = static_cast<std::uint32_t>(std::countr_zero(bits_));
      bits_ &= bits_ - 1;
      prime = {static_cast<std::uint32_t>(8 * (word_ - 1)) + bit / 8, bit % 8};
      return true;
    }

   private:
    std::size_t word_ = 0;
    std::uint64_t bits_ = 0;
  };

 private:
  /// Byte b of the sieve, as bits 8 (b % 8) and up of word b / 8.
  std::vector<std::uint64_t> words_;
  std::int64_t bound_ = 0;
};

/// The largest r with r * r <= n, for 0 <= n <= 2^62.
std::int64_t integer_root(std::int64_t n);

}  // namespace scalelaw::sieve
