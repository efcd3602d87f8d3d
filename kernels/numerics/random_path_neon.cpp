#include "kernels/numerics/random_blocks.hpp"

namespace scalelaw {

constinit const RandomPath random_path_neon = {halves};

}  // namespace scalelaw
