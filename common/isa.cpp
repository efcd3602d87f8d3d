#include "common/isa.hpp"

#include <string>

#include "common/error.hpp"
#include "common/field.hpp"

namespace scalelaw {
namespace {

Isa widest() noexcept {
  for (const Isa isa : {Isa::avx512, Isa::avx2, Isa::neon}) {
    if (supported(isa)) return isa;
  }
  return Isa::scalar;
}

struct Selection {
  Isa active = widest();
  Isa streaming = streaming_default();

  static Isa streaming_default() noexcept {
#if defined(__x86_64__)
    if (supported(Isa::avx2) && __builtin_cpu_is("amdfam19h")) return Isa::avx2;
#endif
    return widest();
  }
};

Selection& selection() noexcept {
  static Selection now;
  return now;
}

}  // namespace

bool supported(Isa isa) noexcept {
  switch (isa) {
    case Isa::scalar:
      return true;
#if defined(__x86_64__)
    case Isa::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("bmi2");
    case Isa::avx512:
      return supported(Isa::avx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#elif defined(__aarch64__)
    case Isa::neon:
      return true;
#endif
    default:
      return false;
  }
}

Isa active_isa() noexcept {
  return selection().active;
}

Isa streaming_isa() noexcept {
  return selection().streaming;
}

void select_isa(Isa isa) {
  if (!supported(isa)) {
    throw Error(
        "this processor cannot run the instruction set '" + std::string(to_string(isa)) + "'",
        "omit --isa to use '" + std::string(to_string(widest())) + "'");
  }
  selection() = {isa, isa};
}

}  // namespace scalelaw
