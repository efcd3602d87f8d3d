#include "kernels/core_rate/rate_loops.hpp"

namespace scalelaw {

constinit const RatePath rate_path_avx2 = rate_loops;

}  // namespace scalelaw
