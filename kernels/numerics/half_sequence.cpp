#include "kernels/numerics/half_sequence.hpp"

#include <algorithm>
#include <array>

#include "kernels/numerics/isa_paths.hpp"
#include "kernels/numerics/random_path.hpp"

namespace scalelaw {
namespace {

constexpr IsaPaths<RandomPath> paths = SCALELAW_ISA_PATHS(random_path);

}  // namespace

void HalfSequence::fill(std::int64_t begin, std::int64_t end, double* out) const {
  const RandomPath& path = paths.active();
  std::array<double, block> edge;
  while (begin < end) {
    const std::int64_t number = begin / block, offset = begin % block;
    if (offset == 0 && end - begin >= block) {
      const std::int64_t count = (end - begin) / block;
      path.halves(seed_, stream_, number, count, out);
      begin += count * block;
      out += count * block;
      continue;
    }
    path.halves(seed_, stream_, number, 1, edge.data());
    const std::int64_t length = std::min(block - offset, end - begin);
    std::copy_n(edge.data() + offset, length, out);
    begin += length;
    out += length;
  }
}

}  // namespace scalelaw
