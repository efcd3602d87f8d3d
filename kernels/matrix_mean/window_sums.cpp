#include "kernels/matrix_mean/window_sums.hpp"

#include "kernels/matrix_mean/matrix_path.hpp"
#include "kernels/numerics/isa_paths.hpp"

namespace scalelaw {
namespace {

constexpr IsaPaths<MatrixPath> paths = SCALELAW_ISA_PATHS(matrix_path);

}  // namespace

void deposit_one(double x, std::int64_t& top, std::int64_t& high, std::int64_t& middle,
                 std::int64_t& low) {
  WindowSum sum{top, high, middle, low};
  sum.add(x);
  top = sum.top;
  high = sum.high;
  middle = sum.middle;
  low = sum.low;
}

void WindowSums::reset(std::int64_t n) {
  for (auto* const member : {&top, &high, &middle, &low}) {
    member->assign(static_cast<std::size_t>(n), 0);
  }
}

void WindowSums::add(const double* x) {
  paths.active().deposit(x, size(), top.data(), high.data(), middle.data(), low.data());
}

}  // namespace scalelaw
