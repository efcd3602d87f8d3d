#include "kernels/prime_sieve/presieve_fill.hpp"

namespace scalelaw::sieve {

void fill_avx512(std::span<std::uint8_t> out, std::span<PatternCursor> patterns) {
  fill_by_vectors<64>(out, patterns);
}

}  // namespace scalelaw::sieve
