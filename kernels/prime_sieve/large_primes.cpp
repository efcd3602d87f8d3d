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
/// Blocks that are allocated together.  Not huge pages: few of the blocks are in use at a time, and
/// a virtual machine may have to ask its host for each huge page.
constexpr std::size_t arena_blocks = 128;

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

/// The first cofactor that is at least a number: how much larger it is, and its index modulo 210.
struct NextCofactor {
  std::uint8_t gap;
  std::uint8_t index;
};

/// By that number modulo 210.
constexpr auto next_cofactors = [] {
  std::array<NextCofactor, 210> out{};
  int index = 0;
  for (int m = 0; m < 210; ++m) {
    int next = m;
    while (!shares_no_factor(next % 210)) ++next;
    out[m] = {static_cast<std::uint8_t>(next - m), static_cast<std::uint8_t>(index)};
    if (next == m) ++index;
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

/// The least m with p m >= first, for a p above 2^20 and a first of at most 2^60.
std::uint64_t least_cofactor(std::int64_t first, std::int64_t p) {
  // The quotient is below 2^40: as a double it is off by at most one, and its division takes a
  // third of the time of an integer one.
  auto quotient = static_cast<std::int64_t>(static_cast<double>(first) / static_cast<double>(p));
  const std::int64_t rest = first - quotient * p;
  quotient += rest > 0 ? 1 : 0;
  quotient -= rest <= -p ? 1 : 0;
  return static_cast<std::uint64_t>(quotient);
}

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
  tails_.assign(buckets + 1, nullptr);
  free_ = nullptr;
  for (const auto& arena : arenas_) free_all(arena.get());
}

void LargePrimes::free_all(Block* arena) {
  for (std::size_t i = arena_blocks; i-- > 0;) {
    arena[i].previous = free_;
    free_ = &arena[i];
  }
}

LargePrimes::Route LargePrimes::route() {
  const std::int64_t segment = 1LL << log2_segment_;
  return {.tails = tails_.data(),
          .current = current_,
          .mask = bucket_mask_,
          .sink = bucket_mask_ + 1,
          .segments = static_cast<std::uint64_t>((end_ - position_ + segment - 1) / segment),
          .log2_segment = log2_segment_};
}

void LargePrimes::add(std::span<const WheelPrime> primes) {
  const Route route = this->route();
  const std::int64_t position = position_;
  for (const WheelPrime prime : primes) {
    const auto p = static_cast<std::uint64_t>(prime.value());
    const std::uint64_t least =
        std::max(p, least_cofactor(numbers_per_byte * position, prime.value()));
    const NextCofactor next = next_cofactors[least % 210];
    const std::uint64_t byte = p * (least + next.gap) / numbers_per_byte;
    const std::uint64_t state = prime.residue * cofactors + next.index;
    push(route, byte - static_cast<std::uint64_t>(position),
         std::uint64_t{prime.quotient} << 32 | state << place_bits);
  }
}

LargePrimes::Entry* LargePrimes::open_block(std::size_t bucket) {
  // The tail of a full block is one past its end, which is a multiple of its alignment.
  Entry* tail = tails_[bucket];
  Block* const full = tail == nullptr ? nullptr : reinterpret_cast<Block*>(tail) - 1;
  if (bucket == bucket_mask_ + 1 && full != nullptr) return full->entries;  // the sink forgets
  if (free_ == nullptr) {
    arenas_.push_back(std::make_unique_for_overwrite<Block[]>(arena_blocks));
    free_all(arenas_.back().get());
  }
  Block* block = free_;
  free_ = block->previous;
  block->previous = full;
  return block->entries;
}

/// Adds a prime whose next multiple lies `place` bytes after the current segment's first.
inline void LargePrimes::push(const Route& route, std::uint64_t place, Entry prime_and_state) {
  const std::uint64_t ahead = place >> route.log2_segment;
  const std::size_t bucket =
      ahead < route.segments ? (route.current + ahead) & route.mask : route.sink;
  Entry* tail = route.tails[bucket];
  if (reinterpret_cast<std::uintptr_t>(tail) % block_bytes == 0) tail = open_block(bucket);
  *tail = prime_and_state | (place & ((1ULL << route.log2_segment) - 1));
  route.tails[bucket] = tail + 1;
}

void LargePrimes::cross_off_block(std::uint8_t* segment, const Entry* begin, const Entry* end) {
  const Route route = this->route();
  for (const Entry* at = begin; at != end; ++at) {
    const Entry entry = *at;
    const std::uint64_t place = entry & place_mask;
    const std::uint64_t quotient = entry >> 32;
    const Step step = steps[(entry & 0xFFFFFFFF) >> place_bits];
    segment[place] &= step.mask;
    push(route, place + quotient * step.gap + step.carry, quotient << 32 | step.next_state);
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
