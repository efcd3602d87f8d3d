#pragma once

#include <cstdint>

namespace scalelaw {

/// A processor as it names itself; family and model are 0 where it does not (or is not x86).
struct Processor {
  enum class Vendor : std::uint8_t { other, amd, intel };

  Vendor vendor = Vendor::other;
  int family = 0;
  int model = 0;

  friend bool operator==(const Processor&, const Processor&) = default;
};

/// The processor that runs this.
Processor this_processor() noexcept;

}  // namespace scalelaw
