#include "kernels/dot_product/dot_blocks.hpp"

namespace scalelaw {

constinit const DotPath dot_path_avx2 = dot_blocks;

}  // namespace scalelaw
