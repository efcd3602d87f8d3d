#include "kernels/prime_sieve/segment_sieve.hpp"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <utility>

namespace scalelaw::sieve {
namespace {

constexpr std::int64_t round_up(std::int64_t n, std::int64_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

}  // namespace

CacheSizes CacheSizes::of_machine() {
  CacheSizes sizes{32 << 10, 512 << 10};
#ifdef _SC_LEVEL1_DCACHE_SIZE
  if (const long bytes = sysconf(_SC_LEVEL1_DCACHE_SIZE); bytes > 0) sizes.l1_bytes = bytes;
  if (const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE); bytes > 0) sizes.l2_bytes = bytes;
#endif
  return sizes;
}

void SegmentSieve::start(const Tools& tools, CacheSizes caches, std::int64_t begin,
                         std::int64_t end) {
  position_ = begin;
  end_ = end;
  cursor_ = {};
  has_pending_ = cursor_.next(tools.primes, pending_);
  while (has_pending_ && pending_.value() <= tools.presieve.largest()) {
    has_pending_ = cursor_.next(tools.primes, pending_);
  }
  for (auto& list : turning_) list.clear();
  small_.fill(0);

  const std::int64_t largest = tools.primes.bound();
  turn_room_ = round_up(std::min(largest, turn_bound) + 64, presieve_block);
  // Leave room in each level for the primes and patterns that stream past.
  piece_bytes_ = caches.l1_bytes * 3 / 4;
  const bool turns_fit = turn_room_ <= caches.l2_bytes / 2;
  segment_bytes_ =
      round_up(turns_fit ? caches.l2_bytes / 2 : caches.l2_bytes * 3 / 4, presieve_block);
  has_large_ = largest > turn_bound;
  if (has_large_) {
    const auto within_cache = std::bit_floor(static_cast<std::uint64_t>(caches.l2_bytes));
    segment_bytes_ = std::clamp<std::int64_t>(static_cast<std::int64_t>(within_cache),
                                              presieve_block, max_segment_bytes);
    large_.start(begin, end, largest, std::countr_zero(static_cast<std::uint64_t>(segment_bytes_)));
  } else {
    segment_bytes_ = std::min(segment_bytes_, round_up(end - begin, presieve_block));
  }
  reserve(turn_room_ + segment_bytes_ + turn_room_ + presieve_block);
  buffer_ = storage_.as<std::uint8_t>() + turn_room_;
  presieved_ = 0;
  consumed_ = 0;
}

void SegmentSieve::reserve(std::int64_t bytes) {
  // Strides of thousands of bytes need few pages: use a whole huge page from a quarter of one on.
  constexpr std::int64_t huge_page = 2 << 20;
  if (bytes >= huge_page / 4) bytes = round_up(bytes, huge_page);
  if (storage_.size() < bytes) storage_ = Buffer(bytes);
}

void SegmentSieve::add_primes_for(const Tools& tools, std::int64_t stop) {
  // Local, so that both stay in registers: millions of primes may be added here.
  BasePrimes::Cursor cursor = cursor_;
  WheelPrime prime = pending_;
  std::array<WheelPrime, 512> large;
  std::size_t waiting = 0;
  while (has_pending_) {
    const std::int64_t p = prime.value();
    if (p * p >= numbers_per_byte * stop) break;
    if (p <= turn_bound) {
      add_turning(prime);
    } else {
      large[waiting++] = prime;
      if (waiting == large.size()) large_.add({large.data(), std::exchange(waiting, 0)});
    }
    has_pending_ = cursor.next(tools.primes, prime);
  }
  large_.add({large.data(), waiting});
  cursor_ = cursor;
  pending_ = prime;
}

void SegmentSieve::add_turning(WheelPrime prime) {
  // From the later of the turns that contain the prime's square and the segment's first byte.
  const std::int64_t p = prime.value();
  const std::int64_t turn = std::max(position_ / p, p / numbers_per_byte);
  turning_[prime.residue].push_back(
      {prime.quotient, static_cast<std::int32_t>(p * turn - position_)});
  if (p <= piece_bytes_) small_[prime.residue] = turning_[prime.residue].size();
}

template <int R>
void SegmentSieve::cross_off_piece(std::int64_t stop, std::int64_t rebase, std::size_t from,
                                   std::size_t to) {
  std::uint8_t* const buffer = buffer_;
  std::uint8_t* const end = buffer + stop;
  TurningPrime* const last = turning_[R].data() + to;
  for (TurningPrime* prime = turning_[R].data() + from; prime != last; ++prime) {
    const std::ptrdiff_t quotient = prime->quotient;
    const std::ptrdiff_t p = 30 * quotient + residues[R];
    std::uint8_t* turn = buffer + prime->position;
    for (; turn < end; turn += p) cross_off_turn<R>(turn, quotient);
    prime->position = static_cast<std::int32_t>(turn - buffer - rebase);
  }
}

void SegmentSieve::cross_off(std::int64_t size) {
  if (has_large_) large_.cross_off(buffer_);
  for_each_residue([&]<int R> { cross_off_piece<R>(size, size, small_[R], turning_[R].size()); });
  for (std::int64_t piece = 0; piece < size; piece += piece_bytes_) {
    const std::int64_t stop = std::min(piece + piece_bytes_, size);
    for_each_residue(
        [&]<int R> { cross_off_piece<R>(stop, stop == size ? size : 0, 0, small_[R]); });
  }
}

std::span<std::uint8_t> SegmentSieve::next(const Tools& tools, std::int64_t stop) {
  std::memmove(buffer_, buffer_ + consumed_, presieved_ - consumed_);
  presieved_ -= consumed_;
  const std::int64_t left = std::min(stop, end_) - position_;
  std::int64_t size = std::min(left, segment_bytes_);
  if (!has_large_) {
    // Segments of equal size, not full ones and a rest, because each costs a visit to every prime.
    const std::int64_t segments = (left + segment_bytes_ - 1) / segment_bytes_;
    size = std::min(left, round_up((left + segments - 1) / segments, presieve_block));
  }
  const std::int64_t needed = round_up(size, presieve_block) + turn_room_;
  if (presieved_ < needed) {
    tools.presieve.fill({buffer_ + presieved_, static_cast<std::size_t>(needed - presieved_)},
                        position_ + presieved_);
    presieved_ = needed;
  }
  add_primes_for(tools, position_ + size);
  cross_off(size);
  consumed_ = size;
  position_ += size;
  return {buffer_, static_cast<std::size_t>(size)};
}

}  // namespace scalelaw::sieve
