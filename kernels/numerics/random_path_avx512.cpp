#include "kernels/numerics/random_blocks.hpp"

namespace scalelaw {

constinit const RandomPath random_path_avx512 = {halves};

}  // namespace scalelaw
