#include "kernels/numerics/processor.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace scalelaw {
namespace {

#if defined(__x86_64__)
/// Leaf 1 of CPUID: an extended family counts beyond 15, an extended model in families 6 and 15.
Processor decoded(Processor::Vendor vendor, unsigned signature) noexcept {
  const unsigned family = signature >> 8 & 15, model = signature >> 4 & 15;
  const unsigned more = family == 15 ? signature >> 20 & 255 : 0;
  const unsigned above = family == 6 || family == 15 ? signature >> 16 & 15 : 0;
  return {vendor, static_cast<int>(family + more), static_cast<int>(above << 4 | model)};
}
#endif

}  // namespace

Processor this_processor() noexcept {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(0, &a, &b, &c, &d) == 0) return {};
  const auto vendor = b == signature_AMD_ebx     ? Processor::Vendor::amd
                      : b == signature_INTEL_ebx ? Processor::Vendor::intel
                                                 : Processor::Vendor::other;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0) return {.vendor = vendor};
  return decoded(vendor, a);
#else
  return {};
#endif
}

}  // namespace scalelaw
