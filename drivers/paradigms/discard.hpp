#pragma once

#include <cstdint>

namespace scalelaw::driver {

/// Makes the compiler compute a value that nobody uses.
inline void discard(std::uint64_t value) {
  [[maybe_unused]] const volatile std::uint64_t kept = value;
}

}  // namespace scalelaw::driver
