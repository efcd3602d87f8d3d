// scalelaw-peer-openblas: the OpenBLAS of the system.
#include <cblas.h>

#include "peers/native/openblas_peer.hpp"

namespace scalelaw::driver {
namespace {

struct Names {
  using Int = blasint;
  static constexpr auto row_major = CblasRowMajor;
  static constexpr auto as_it_is = CblasNoTrans, transposed = CblasTrans;
  static constexpr auto ddot = cblas_ddot;
  static constexpr auto sdot = cblas_sdot;
  static constexpr auto dgemv = cblas_dgemv;
  static constexpr auto sgemv = cblas_sgemv;
  static constexpr auto get_corename = openblas_get_corename;
  static constexpr auto set_num_threads = openblas_set_num_threads;
};

[[gnu::section(".preinit_array"), gnu::used]] void (*const remember_first)() = remember_allowed;

}  // namespace
}  // namespace scalelaw::driver

int main(int argc, char** argv) {
  return scalelaw::driver::openblas_main<scalelaw::driver::Names>(argc, argv, "openblas");
}
