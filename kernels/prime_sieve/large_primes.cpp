#include "kernels/prime_sieve/large_primes.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "kernels/prime_sieve/wheel.hpp"

namespace scalelaw::sieve {
namespace {

constexpr int cofactors = 48;  ///< residues modulo 210 coprime to it
constexpr int place_bits = LargePrimes::max_log2_segment;
constexpr std::uint64_t place_mask = (1U << place_bits) - 1;
constexpr std::int64_t arena_bytes = 2 << 20;  ///< a huge page

/// The action at a multiple p m, for p modulo 30 and m modulo 210.
struct Step {
  std::uint32_t next_state;  ///< shifted to its place in an Entry
  std::uint8_t mask;         ///< clears the multiple
  std::uint8_t gap;          ///< to the next cofactor
  std::uint8_t carry;        ///< bytes to the next multiple beyond quotient * gap
};

constexpr bool shares_no_factor(int m) {
  return m % 2 != 0 && m % 3 != 0 && m % 5 != 0 && m % 7 != 0;
}

/// The first cofactor that is at least m.
constexpr auto next_cofactor = [] {
  std::array<std::uint8_t, 210> out{};
  for (int m = 0; m < 210; ++m) {
    int next = m;
    while (!shares_no_factor(next % 210)) ++next;
    out[m] = static_cast<std::uint8_t>(next);
  }
  return out;
}();

std::uint64_t next_cofactor_from(std::uint64_t m) {
  const std::uint64_t rest = m % 210;
  return m - rest + next_cofactor[rest];
}

/// The index of cofactor m modulo 210.
constexpr auto cofactor_index = [] {
  std::array<std::uint8_t, 210> out{};
  std::uint8_t count = 0;
  for (int m = 0; m < 210; ++m) {
    out[m] = count;
    if (shares_no_factor(m)) ++count;
  }
  return out;
}();

constexpr auto steps = [] {
  std::array<Step, 8 * cofactors> out{};
  for (int residue = 0; residue < 8; ++residue) {
    const int p = residues[residue];
    int m = 1;
    for (int i = 0; i < cofactors; ++i) {
      int next = m + 1;
      while (!shares_no_factor(next % 210)) ++next;
      const int next_state = residue * cofactors + (i + 1) % cofactors;
      out[residue * cofactors + i] = {static_cast<std::uint32_t>(next_state) << place_bits,
                                      all_but(p * m), static_cast<std::uint8_t>(next - m),
                                      static_cast<std::uint8_t>(p * next / 30 - p * m / 30)};
      m = next;
    }
  }
  return out;
}();

}  // namespace

void LargePrimes::start(std::int64_t begin, std::int64_t end, std::int64_t largest,
                        int log2_segment) {
  position_ = begin;
  end_ = end;
  log2_segment_ = log2_segment;
  current_ = 0;
  const std::int64_t farthest = (10 * largest / 30 + 64) >> log2_segment;
  const std::size_t buckets = std::bit_ceil(static_cast<std::size_t>(farthest + 2));
  bucket_mask_ = buckets - 1;
  tails_.assign(buckets, nullptr);
  free_ = nullptr;
  for (const Buffer& arena : arenas_) free_all(arena);
}

void LargePrimes::free_all(const Buffer& arena) {
  auto* const blocks = arena.as<Block>();
  for (std::size_t i = 0; i < arena_bytes / sizeof(Block); ++i) {
    blocks[i].previous = free_;
    free_ = &blocks[i];
  }
}

void LargePrimes::add(WheelPrime prime) {
  const auto p = static_cast<std::uint64_t>(prime.value());
  const std::uint64_t cofactor = next_cofactor_from(std::max(p, least_cofactor(p)));
  const std::uint64_t byte = p * cofactor / numbers_per_byte;
  if (byte >= static_cast<std::uint64_t>(end_)) return;
  const std::uint64_t ahead = byte - static_cast<std::uint64_t>(position_);
  const std::uint64_t state = prime.residue * cofactors + cofactor_index[cofactor % 210];
  const std::uint64_t place = ahead & ((1ULL << log2_segment_) - 1);
  push(tails_.data(), (current_ + (ahead >> log2_segment_)) & bucket_mask_,
       std::uint64_t{prime.quotient} << 32 | state << place_bits | place);
}

/// The smallest cofactor whose multiple of `p` is not below the current segment.
std::uint64_t LargePrimes::least_cofactor(std::uint64_t p) const {
  const std::int64_t first = numbers_per_byte * position_;
  // Primes here are above 2^20, so the quotient is below 2^40: as a double it is off by at most
  // one, and its division takes a third of the time of an integer one.
  auto quotient = static_cast<std::int64_t>(static_cast<double>(first) / static_cast<double>(p));
  const std::int64_t rest = first - quotient * static_cast<std::int64_t>(p);
  quotient += rest > 0 ? 1 : 0;
  quotient -= rest <= -static_cast<std::int64_t>(p) ? 1 : 0;
  return static_cast<std::uint64_t>(quotient);
}

LargePrimes::Entry* LargePrimes::open_block(std::size_t bucket) {
  if (free_ == nullptr) {
    arenas_.emplace_back(arena_bytes);
    free_all(arenas_.back());
  }
  Block* block = free_;
  free_ = block->previous;
  // The tail of a full block is one past its end, which is a multiple of its alignment.
  Entry* tail = tails_[bucket];
  block->previous = tail == nullptr ? nullptr : reinterpret_cast<Block*>(tail) - 1;
  return block->entries;
}

inline void LargePrimes::push(Entry** tails, std::size_t bucket, Entry entry) {
  Entry* tail = tails[bucket];
  if (reinterpret_cast<std::uintptr_t>(tail) % block_bytes == 0) tail = open_block(bucket);
  *tail = entry;
  tails[bucket] = tail + 1;
}

void LargePrimes::cross_off_block(std::uint8_t* segment, const Entry* begin, const Entry* end) {
  // Copies, because the compiler must assume that a write through `segment` changes any member.
  Entry** const tails = tails_.data();
  const std::size_t current = current_;
  const std::size_t bucket_mask = bucket_mask_;
  const int log2_segment = log2_segment_;
  const std::uint64_t segment_mask = (1ULL << log2_segment) - 1;
  for (const Entry* at = begin; at != end; ++at) {
    const Entry entry = *at;
    const std::uint64_t place = entry & place_mask;
    const std::uint64_t quotient = entry >> 32;
    const Step step = steps[(entry & 0xFFFFFFFF) >> place_bits];
    segment[place] &= step.mask;
    const std::uint64_t next = place + quotient * step.gap + step.carry;
    push(tails, (current + (next >> log2_segment)) & bucket_mask,
         quotient << 32 | step.next_state | (next & segment_mask));
  }
}

void LargePrimes::cross_off(std::uint8_t* segment) {
  // A prime whose next multiple is also in this segment returns to the current bucket.
  while (Entry* tail = tails_[current_]) {
    tails_[current_] = nullptr;
    const auto last = reinterpret_cast<std::uintptr_t>(tail - 1);
    auto* const bytes = reinterpret_cast<std::byte*>(tail - 1);
    for (auto* block = reinterpret_cast<Block*>(bytes - last % block_bytes); block != nullptr;) {
      cross_off_block(segment, block->entries, tail);
      Block* previous = block->previous;
      block->previous = free_;
      free_ = block;
      block = previous;
      if (block != nullptr) tail = std::end(block->entries);
    }
  }
  current_ = (current_ + 1) & bucket_mask_;
  position_ += 1LL << log2_segment_;
}

}  // namespace scalelaw::sieve
