#include "kernels/matrix_mean/matrix_tiles.hpp"

namespace scalelaw {

constinit const MatrixPath matrix_path_scalar = matrix_tiles;

}  // namespace scalelaw
