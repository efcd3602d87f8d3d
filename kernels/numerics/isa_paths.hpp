#pragma once

#include "common/isa.hpp"

namespace scalelaw {

/// One code path per instruction set; null where the build has none for it.
template <class Path>
struct IsaPaths {
  const Path* scalar = nullptr;
  const Path* neon = nullptr;
  const Path* avx2 = nullptr;
  const Path* avx512 = nullptr;

  /// The path of active_isa(), which this build always has.
  [[nodiscard]] const Path& active() const noexcept { return of(active_isa()); }
  /// The path of streaming_isa().
  [[nodiscard]] const Path& streaming() const noexcept { return of(streaming_isa()); }

 private:
  [[nodiscard]] const Path& of(Isa isa) const noexcept {
    switch (isa) {
      case Isa::neon:
        return *neon;
      case Isa::avx2:
        return *avx2;
      case Isa::avx512:
        return *avx512;
      default:
        return *scalar;
    }
  }
};

}  // namespace scalelaw

// The paths NAME_scalar, NAME_avx2, ... of this build.
#if defined(SCALELAW_HAS_AVX512)
#define SCALELAW_ISA_PATHS(name) \
  { .scalar = &name##_scalar, .avx2 = &name##_avx2, .avx512 = &name##_avx512 }
#elif defined(SCALELAW_HAS_NEON)
#define SCALELAW_ISA_PATHS(name) \
  { .scalar = &name##_scalar, .neon = &name##_neon }
#else
#define SCALELAW_ISA_PATHS(name) \
  { .scalar = &name##_scalar }
#endif
