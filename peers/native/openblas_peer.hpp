#pragma once

#include <sched.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <tuple>

#include "common/isa.hpp"
#include "drivers/cli/bind_kernel.hpp"
#include "peers/native/peer_dot.hpp"
#include "peers/native/peer_matrix.hpp"
#include "peers/native/peer_model.hpp"

namespace scalelaw::driver {

/// dot_product by ddot and sdot, matrix_mean by gemv with a vector of ones.  `Names` has the
/// functions of one OpenBLAS, which builds name differently, and its integer `Int`.
template <class Names>
struct Openblas {
  using Int = typename Names::Int;

  static constexpr std::string_view name = "OpenBLAS";
  static constexpr std::string_view dot_summary = "dot product by OpenBLAS's ddot and sdot";
  static constexpr std::string_view matrix_summary =
      "row and column means by OpenBLAS's gemv with ones, one pass each";

  static double dot(const double* x, const double* y, std::int64_t n) {
    return Names::ddot(static_cast<Int>(n), x, 1, y, 1);
  }
  static float dot(const float* x, const float* y, std::int64_t n) {
    return Names::sdot(static_cast<Int>(n), x, 1, y, 1);
  }

  /// out = A v, or the product of A's transpose and v.
  static void multiply(bool transposed, const double* a, std::int64_t rows, std::int64_t columns,
                       std::int64_t stride, const double* v, double* out) {
    Names::dgemv(Names::row_major, transposed ? Names::transposed : Names::as_it_is,
                 static_cast<Int>(rows), static_cast<Int>(columns), 1, a, static_cast<Int>(stride),
                 v, 1, 0, out, 1);
  }
  static void multiply(bool transposed, const float* a, std::int64_t rows, std::int64_t columns,
                       std::int64_t stride, const float* v, float* out) {
    Names::sgemv(Names::row_major, transposed ? Names::transposed : Names::as_it_is,
                 static_cast<Int>(rows), static_cast<Int>(columns), 1, a, static_cast<Int>(stride),
                 v, 1, 0, out, 1);
  }
};

/// The processors that the program may use, as it was started.
inline cpu_set_t allowed_at_start;

/// For .preinit_array, before any library's initialisation: that of OpenMP binds the first thread
/// to one core when it is asked to bind, and then the others are no longer to be seen.
inline void remember_allowed() {
  sched_getaffinity(0, sizeof allowed_at_start, &allowed_at_start);
}

/// An older OpenBLAS does not know newer processors and falls back to a kernel of 2004.  On AMD,
/// its AVX-512 kernels read memory more slowly than those for AVX2.  To be a fair peer, the program
/// restarts itself with the fastest kernels selected, unless the user has chosen some.  (The
/// library reads the variable when it is loaded.)
inline void choose_core_type(std::string_view found, char** argv) {
  if (std::getenv("OPENBLAS_CORETYPE") != nullptr) return;
  const char* type = "";
  if (supported(Isa::avx2)) type = "HASWELL";
  if (streaming_isa() == Isa::avx512) type = "SKYLAKEX";
  const bool poor = found == "Prescott" || found == "Core2" || found == "Nehalem";
  const bool avx512 = found == "SkylakeX" || found == "Cooperlake" || found == "SapphireRapids";
  const bool slower = streaming_isa() == Isa::avx2 && avx512;
  if (*type == '\0' || !(poor || slower)) return;
  setenv("OPENBLAS_CORETYPE", type, 1);
  sched_setaffinity(0, sizeof allowed_at_start, &allowed_at_start);
  execv("/proc/self/exe", argv);  // returns only on failure, and keeps the library's choice
}

/// The peer's main().  Each of the team's threads calls the library on its part.
template <class Names>
int openblas_main(int argc, char** argv, const char* implementation) {
  choose_core_type(Names::get_corename(), argv);
  Names::set_num_threads(1);
  using Kernels = std::tuple<PeerDot<Openblas<Names>>, PeerMatrix<Openblas<Names>>>;
  return driver_main(argc, argv, implementation, peer_model(), kernel_entries<Kernels>);
}

}  // namespace scalelaw::driver
