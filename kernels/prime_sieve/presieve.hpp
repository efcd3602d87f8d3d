#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace scalelaw::sieve {

/// The position of one reader in a pattern.
struct PatternCursor {
  const std::uint8_t* bytes = nullptr;
  std::int64_t position = 0;
  std::int64_t period = 0;
};

inline constexpr std::int64_t presieve_block = 256;  ///< bytes handled at a time

/// Primes up to here are always pre-sieved, because the wheel turn that contains a prime's square
/// must not contain the prime itself.
inline constexpr int least_presieved = 29;

/// The largest primes that a sieve removes by patterns.
struct PresieveLimits {
  int paired = 0;  ///< primes up to here share a pattern in pairs (7, 11 and 13 as a triple)
  int single = 0;  ///< larger primes up to here have a pattern each

  /// The best limits for a sieve of `sieve_bytes`: making the patterns takes time too.
  static PresieveLimits for_size(std::int64_t sieve_bytes);
};

/// The sieve with the multiples of all primes from 7 to largest() crossed off.  It is made by
/// ANDing patterns: the multiples of a few primes repeat with a period of their product, in bytes.
/// Threads: const after construction; shared by all threads of a rank.
class Presieve {
 public:
  explicit Presieve(PresieveLimits limits = {});

  [[nodiscard]] std::int64_t largest() const { return primes_.back(); }

  /// Fills `out`, which stands for the bytes from `first_byte`; its size must be a multiple
  /// of presieve_block.
  void fill(std::span<std::uint8_t> out, std::int64_t first_byte) const;

  /// Sets the bits of the pre-sieved primes, which their patterns cleared, and clears the bit of 1.
  /// `bytes` stands for the bytes from `first_byte`.
  void restore_primes(std::span<std::uint8_t> bytes, std::int64_t first_byte) const;

 private:
  struct Pattern {
    std::int64_t period;              ///< bytes; at least presieve_block
    std::vector<std::uint8_t> bytes;  ///< presieve_block bytes longer, so that a block never wraps
  };

  void add_pattern(std::span<const int> primes);

  std::vector<int> primes_;
  std::vector<Pattern> patterns_;
};

/// ANDs `patterns` into `out`, whose size is a multiple of presieve_block, and advances the
/// cursors.  One function per instruction set, all with the same result.
using FillFunction = void(std::span<std::uint8_t> out, std::span<PatternCursor> patterns);
FillFunction fill_scalar;
FillFunction fill_avx2;
FillFunction fill_avx512;

}  // namespace scalelaw::sieve
