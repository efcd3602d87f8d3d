#pragma once

#include "common/isa.hpp"

namespace scalelaw {

/// One code path per instruction set: plain C++, and the others or null if the build lacks them.
template <class Path>
struct IsaPaths {
  const Path& scalar;
  const Path* neon = nullptr;
  const Path* avx2 = nullptr;
  const Path* avx512 = nullptr;

  /// The path of active_isa(), which this build always has.
  [[nodiscard]] const Path& active() const noexcept { return of(active_isa()); }
  /// The path of streaming_isa().
  [[nodiscard]] const Path& streaming() const noexcept { return of(streaming_isa()); }

 private:
  [[nodiscard]] const Path& of(Isa isa) const noexcept {
    const Path* const built = isa == Isa::neon     ? neon
                              : isa == Isa::avx2   ? avx2
                              : isa == Isa::avx512 ? avx512
                                                   : nullptr;
    return built != nullptr ? *built : scalar;
  }
};

}  // namespace scalelaw

// The paths NAME_scalar, NAME_avx2, ... of this build.
#if defined(SCALELAW_HAS_AVX512)
#define SCALELAW_ISA_PATHS(name) \
  { .scalar = name##_scalar, .avx2 = &name##_avx2, .avx512 = &name##_avx512 }
#elif defined(SCALELAW_HAS_NEON)
#define SCALELAW_ISA_PATHS(name) \
  { .scalar = name##_scalar, .neon = &name##_neon }
#else
#define SCALELAW_ISA_PATHS(name) \
  { .scalar = name##_scalar }
#endif
