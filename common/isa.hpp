#pragma once

#include <array>
#include <string_view>

namespace scalelaw {

/// The instruction sets with their own code path in the kernels.  All paths give the same bits and
/// differ only in speed.  `scalar` is plain C++ for the build's baseline.
enum class Isa { scalar, neon, avx2, avx512 };

constexpr auto enum_names(Isa) {
  return std::array<std::string_view, 4>{"scalar", "neon", "avx2", "avx512"};
}

/// Whether this processor and this build can run the path `isa`.  avx2 requires AVX2, FMA and BMI2;
/// avx512 requires F, BW, CD, DQ and VL (a kernel that needs more checks for it).
bool supported(Isa isa) noexcept;

/// The widest supported path, unless select_isa() chose another.
/// Threads: safe to call from any thread; call select_isa() before starting threads.
Isa active_isa() noexcept;

/// The path for loops that do little but read memory: active_isa(), except that AMD Zen 3 and 4 use
/// avx2 unless a path was selected; their memory serves 256-bit reads 4 to 7 % faster.
Isa streaming_isa() noexcept;

/// Makes all kernels use the path `isa` from now on.
/// Errors: throws Error when this processor or build does not support it.
void select_isa(Isa isa);

}  // namespace scalelaw
