#pragma once

// The widest vectors that this source is compiled for.  Only for the sources *_ISA.cpp, *_plain.cpp
// and *_scalar.cpp.  Everything here has internal linkage, because the same name stands for
// different instructions in each of them, and a shared inline function could end up with the wrong
// ones.  For the same reason these sources use only the fixed-size integers of the standard library.

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace scalelaw {
namespace {

#if defined(__AVX512F__)
constexpr int vector_bytes = 64;
#elif defined(__AVX2__)
constexpr int vector_bytes = 32;
#else
constexpr int vector_bytes = 16;
#endif
constexpr int width = vector_bytes / 8;  ///< lanes of 64 bits

using F64 = double __attribute__((vector_size(vector_bytes)));
using F32 = float __attribute__((vector_size(vector_bytes / 2)));
using U64 = std::uint64_t __attribute__((vector_size(vector_bytes)));
using I64 = std::int64_t __attribute__((vector_size(vector_bytes)));

/// Prefetches the cache lines of `bytes` bytes that lie `ahead` bytes after `at`, if at all.
template <bool prefetches, int bytes>
inline void prefetch(const void* at, std::int64_t ahead) {
  if constexpr (prefetches) {
    for (int line = 0; line < bytes; line += 64) {
      __builtin_prefetch(static_cast<const char*>(at) + ahead + line);
    }
  }
}

inline F64 load(const double* from) {
  F64 v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

/// Uses intrinsics, because GCC 12 compiles __builtin_convertvector to several instructions and a
/// detour through memory.
inline F64 load(const float* from) {
#if defined(__AVX512F__)
  return _mm512_maskz_cvtps_pd(0xFF, _mm256_loadu_ps(from));
#elif defined(__AVX2__)
  return _mm256_cvtps_pd(_mm_loadu_ps(from));
#elif defined(__x86_64__)
  return _mm_cvtps_pd(_mm_castpd_ps(_mm_load_sd(reinterpret_cast<const double*>(from))));
#else
  F32 v;
  __builtin_memcpy(&v, from, sizeof v);
  return __builtin_convertvector(v, F64);
#endif
}

inline U64 load(const std::uint64_t* from) {
  U64 v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

inline I64 load(const std::int64_t* from) {
  I64 v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

inline void store(double* to, F64 v) {
  __builtin_memcpy(to, &v, sizeof v);
}
inline void store(std::int64_t* to, I64 v) {
  __builtin_memcpy(to, &v, sizeof v);
}
inline void store(float* to, F64 v) {
#if defined(__AVX512F__)
  _mm256_storeu_ps(to, _mm512_maskz_cvtpd_ps(0xFF, v));
#elif defined(__AVX2__)
  _mm_storeu_ps(to, _mm256_cvtpd_ps(v));
#else
  const F32 narrow = __builtin_convertvector(v, F32);
  __builtin_memcpy(to, &narrow, sizeof narrow);
#endif
}

/// a + b, rounded once, in the multiply-add units.  If half of a processor's additions use them,
/// the adders are free for the other half and for conversions.
inline F64 add_by_fma(F64 a, F64 b) {
#if defined(__AVX512F__)
  return _mm512_fmadd_pd(a, _mm512_set1_pd(1.0), b);
#elif defined(__FMA__)
  return _mm256_fmadd_pd(a, _mm256_set1_pd(1.0), b);
#else
  return a + b;
#endif
}

/// a - b, likewise.
inline F64 subtract_by_fma(F64 a, F64 b) {
#if defined(__AVX512F__)
  return _mm512_fmsub_pd(a, _mm512_set1_pd(1.0), b);
#elif defined(__FMA__)
  return _mm256_fmsub_pd(a, _mm256_set1_pd(1.0), b);
#else
  return a - b;
#endif
}

/// sum + x * y for products that are exact, such as those of floats: one rounding in any way.
inline F64 add_exact_product(F64 sum, F64 x, F64 y) {
#if defined(__AVX512F__)
  return _mm512_fmadd_pd(x, y, sum);
#elif defined(__FMA__)
  return _mm256_fmadd_pd(x, y, sum);
#elif defined(__aarch64__)
  return vfmaq_f64(sum, x, y);
#else
  return sum + x * y;
#endif
}

/// Product of the low 32 bits of each lane.
inline U64 multiply_low_halves(U64 a, U64 b) {
#if defined(__AVX512F__)
  // Masked with all lanes on: the plain form starts from an undefined value, and GCC 12 warns.
  return reinterpret_cast<U64>(
      _mm512_maskz_mul_epu32(0xFF, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<U64>(
      _mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__x86_64__)
  return reinterpret_cast<U64>(
      _mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#elif defined(__aarch64__)
  return reinterpret_cast<U64>(vmull_u32(vmovn_u64(reinterpret_cast<uint64x2_t>(a)),
                                         vmovn_u64(reinterpret_cast<uint64x2_t>(b))));
#else
  return (a & 0xFFFFFFFF) * (b & 0xFFFFFFFF);
#endif
}

/// The sum of `lanes` doubles in a fixed tree: first the two halves, then the halves of the result,
/// so that every vector width gives the same bits.  `lanes` is a power of two.
template <int lanes>
inline double add_lanes(const F64* v) {
  if constexpr (lanes > width) {
    F64 half[lanes / 2 / width];
    for (int i = 0; i < lanes / 2 / width; ++i) half[i] = v[i] + v[i + lanes / 2 / width];
    return add_lanes<lanes / 2>(half);
  } else {
    double s[lanes];
    __builtin_memcpy(s, v, sizeof s);
    for (int half = lanes / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; ++l) s[l] += s[l + half];
    }
    return s[0];
  }
}

}  // namespace
}  // namespace scalelaw
