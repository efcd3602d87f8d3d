#include "kernels/image_compression/photo_like_loops_body.hpp"

namespace scalelaw {

PhotoLoops photo_loops_avx2() {
  return loops;
}

}  // namespace scalelaw
