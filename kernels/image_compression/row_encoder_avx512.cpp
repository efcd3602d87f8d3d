#include "kernels/image_compression/avx512_lanes.hpp"

namespace scalelaw::jpeg {

void encode_row_avx512(const RowJob& job, RowScratch& scratch, EncodedBytes& out) {
  encode_row_with<Avx512Lanes>(job, scratch, out);
}

}  // namespace scalelaw::jpeg
