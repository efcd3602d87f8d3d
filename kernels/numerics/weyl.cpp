#include "kernels/numerics/weyl.hpp"

#include "kernels/numerics/floor_sum.hpp"

namespace scalelaw {

std::int64_t weyl_sum(const Weyl& weyl, std::int64_t n) noexcept {
  constexpr std::int64_t period = std::int64_t{1} << 32;
  constexpr std::int64_t values = std::int64_t{1} << 20;
  // Within a period every value occurs 2^12 times.
  const std::int64_t of_period = (values * (values - 1) / 2) << 12;
  const auto rest = static_cast<std::uint64_t>(n % period);
  // The upper 20 of 32 bits: floor(w / 2^12) - 2^20 floor(w / 2^32) of the running number w.
  const std::uint64_t of_rest = floor_sum(rest, 1 << 12, weyl.step, weyl.start) -
                                values * floor_sum(rest, period, weyl.step, weyl.start);
  return n / period * of_period + static_cast<std::int64_t>(of_rest);
}

}  // namespace scalelaw
