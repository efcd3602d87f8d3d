#include "kernels/image_compression/row_encoder.hpp"

#include "common/isa.hpp"

namespace scalelaw::jpeg {
#if defined(SCALELAW_HAS_AVX512)
namespace {

/// True since Ice Lake and Zen 4; the first processors with AVX-512 have none of these.
bool has_vbmi2() {
  static const bool found = __builtin_cpu_supports("avx512vbmi") &&
                            __builtin_cpu_supports("avx512vbmi2") &&
                            __builtin_cpu_supports("avx512vnni");
  return found;
}

}  // namespace
#endif

void encode_row(const RowJob& job, RowScratch& scratch, EncodedBytes& out) {
  switch (active_isa()) {
#if defined(SCALELAW_HAS_AVX512)
    case Isa::avx512:
      return has_vbmi2() ? encode_row_avx512vbmi2(job, scratch, out)
                         : encode_row_avx512(job, scratch, out);
#endif
#if defined(SCALELAW_HAS_AVX2)
    case Isa::avx2:
      return encode_row_avx2(job, scratch, out);
#endif
#if defined(SCALELAW_HAS_NEON)
    case Isa::neon:
      return encode_row_neon(job, scratch, out);
#endif
    default:
      return encode_row_plain(job, scratch, out);
  }
}

}  // namespace scalelaw::jpeg
