#pragma once

namespace scalelaw {

/// How loops that stream from memory prefetch their data.  It never changes a result.
///
/// Measured: on AMD Zen 4, a distance of 256 bytes gains 3 to 10 % in every loop, and 1 KiB or more
/// costs up to 40 %; for loops that read f32 and write means, 512 bytes are best.  On Intel's
/// server cores (Sapphire Rapids), a distance of one page makes the heavier loops (compensated
/// sums, conversion from f32) nearly free; light loops need no prefetch.
enum class Prefetching { near, page };

inline Prefetching prefetching() noexcept {
#if defined(__x86_64__)
  return __builtin_cpu_is("intel") != 0 ? Prefetching::page : Prefetching::near;
#else
  return Prefetching::near;
#endif
}

constexpr int prefetch_near = 256, prefetch_page = 4096;  ///< bytes ahead

}  // namespace scalelaw
