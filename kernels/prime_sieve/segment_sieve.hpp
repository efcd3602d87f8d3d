#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/numerics/buffer.hpp"
#include "kernels/prime_sieve/base_primes.hpp"
#include "kernels/prime_sieve/large_primes.hpp"
#include "kernels/prime_sieve/presieve.hpp"

namespace scalelaw::sieve {

/// Primes up to here advance by whole turns of the wheel; larger ones go through buckets.
inline constexpr std::int64_t turn_bound = 1 << 21;

/// The largest segment with buckets; a multiple of every smaller one.
inline constexpr std::int64_t max_segment_bytes = 1 << 20;

/// The processor's data caches, which determine the size of the segments.
struct CacheSizes {
  std::int64_t l1_bytes = 0;
  std::int64_t l2_bytes = 0;

  /// Those of this machine; 32 KiB and 512 KiB where it does not report them.
  static CacheSizes of_machine();
};

/// Data that all threads of a rank share.
struct Tools {
  BasePrimes primes;
  Presieve presieve;
};

/// A segmented sieve of Eratosthenes over ascending bytes (see wheel.hpp): one thread's state.
///
/// A segment fits the second-level cache.  It starts as the AND of the pre-sieve's patterns.
/// Primes smaller than the first-level cache run over it in first-level pieces, larger ones once,
/// and those above turn_bound through buckets (LargePrimes).  All but the last kind advance by
/// whole turns of the wheel, with eight stores and no test between them.  A turn that begins in a
/// segment may end in the next, so the buffer extends past the segment by a turn of the largest
/// prime; that part becomes the beginning of the next segment.
///
/// Threads: owned by one thread.
/// Source:  Sorenson, "An introduction to prime number sieves", University of Wisconsin CS TR 909
///          (1990), for segmentation and wheels.
class SegmentSieve {
 public:
  SegmentSieve() = default;

  /// Moves to byte `begin`; bytes from `end` on will never be needed.
  void start(const Tools& tools, CacheSizes caches, std::int64_t begin, std::int64_t end);

  [[nodiscard]] std::int64_t position() const { return position_; }
  [[nodiscard]] std::int64_t end() const { return end_; }

  /// Sieves on towards `stop` and returns the next fully sieved bytes: at most one segment, and
  /// none past `stop`.  The bits of the pre-sieved primes themselves are clear, that of 1 is set.
  /// The bytes may be changed, as may up to 64 after them, and stay valid until the next call.
  std::span<std::uint8_t> next(const Tools& tools, std::int64_t stop);

 private:
  /// A prime 30 quotient + residue, and the start of its next turn in the buffer.
  struct TurningPrime {
    std::uint32_t quotient;
    std::int32_t position;
  };

  void reserve(std::int64_t bytes);
  void add_primes_for(const Tools& tools, std::int64_t stop);
  void add_turning(WheelPrime prime);
  void cross_off(std::int64_t size);
  template <int R>
  void cross_off_piece(std::int64_t stop, std::int64_t rebase, std::size_t from, std::size_t to);

  std::array<std::vector<TurningPrime>, 8> turning_;  ///< by residue, ascending
  std::array<std::size_t, 8> small_{};  ///< how many of them run in first-level pieces
  LargePrimes large_;
  bool has_large_ = false;
  BasePrimes::Cursor cursor_;
  WheelPrime pending_;
  bool has_pending_ = false;

  Buffer storage_;
  std::uint8_t* buffer_ = nullptr;  ///< byte position_; turn_room_ bytes before it may be written
  std::int64_t segment_bytes_ = 0;
  std::int64_t piece_bytes_ = 0;
  std::int64_t turn_room_ = 0;
  std::int64_t presieved_ = 0;  ///< bytes of the buffer that hold a sieve in progress
  std::int64_t consumed_ = 0;   ///< bytes at the buffer's front that the last next() returned
  std::int64_t position_ = 0;
  std::int64_t end_ = 0;
};

}  // namespace scalelaw::sieve
