#pragma once

#include <array>
#include <string_view>

namespace scalelaw {

/// The instruction sets that kernels have their own code path for.  Every path gives the same
/// bits; they differ in speed alone.  `scalar` is plain C++ for the build's baseline.
enum class Isa { scalar, neon, avx2, avx512 };

constexpr auto enum_names(Isa) {
  return std::array<std::string_view, 4>{"scalar", "neon", "avx2", "avx512"};
}

/// Whether this processor and this build can run the path `isa`.  avx2 asks for AVX2, FMA and
/// BMI2; avx512 for F, BW, CD, DQ and VL (a kernel that wants more asks the processor itself).
bool supported(Isa isa) noexcept;

/// The widest supported path, unless select_isa() chose another.
/// Threads: safe to read from any thread; select before they start.
Isa active_isa() noexcept;

/// The path for loops that do little but read memory: active_isa(), but avx2 where nobody chose and
/// the processor is an AMD Zen 3 or 4, whose memory answers 256-bit reads 4 to 7 % faster.
Isa streaming_isa() noexcept;

/// Makes `isa` the path of all kernels from here on.
/// Errors: throws Error when this processor or build does not support it.
void select_isa(Isa isa);

}  // namespace scalelaw
