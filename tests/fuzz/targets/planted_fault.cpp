// The control: a fault that a fuzzer must find.  Only the preset `fuzz` compiles it.
#include <array>

#include "common/quantity.hpp"
#include "fuzz/fuzz.hpp"

namespace scalelaw::fuzz {

void planted_fault(std::string_view input) {
  refusable([&] {
    const std::array<int, 4> powers{1, 10, 100, 1000};
    const auto exponent = static_cast<std::size_t>(parse_count(input));
    volatile const int* const first = powers.data();
    if (exponent < 64) (void)first[exponent];
  });
}

}  // namespace scalelaw::fuzz
