// scalelaw-peer-stdpar: std::transform_reduce under the standard library's execution policies.
#include <cstdint>
#include <execution>
#include <functional>
#include <numeric>
#include <string_view>
#include <tuple>

#include "drivers/peers/peer_dot.hpp"
#include "drivers/peers/peer_model.hpp"

namespace scalelaw {
namespace {

/// Sums in the elements' type, as it is mostly written.  The team's threads each run the vectorised
/// policy on their part, which is faster than one call under par_unseq.
struct StandardLibrary {
  static constexpr std::string_view name = "std::transform_reduce";
  static constexpr std::string_view dot_summary =
      "dot product by std::transform_reduce(unseq), in each of the team's threads";

  template <class T>
  static T dot(const T* x, const T* y, std::int64_t n) {
    return std::transform_reduce(std::execution::unseq, x, x + n, y, T{}, std::plus<>{},
                                 std::multiplies<>{});
  }
};

}  // namespace
}  // namespace scalelaw

int main(int argc, char** argv) {
  using namespace scalelaw;
  return driver_main(argc, argv, "stdpar", peer_model(),
                     kernel_entries<std::tuple<PeerDot<StandardLibrary>>>());
}
