// scalelaw-peer-scipy-openblas: the OpenBLAS of PyPI's wheel, which is newer than most systems'.
#include <cblas.h>

#include "peers/native/openblas_peer.hpp"

namespace scalelaw::driver {
namespace {

struct Names {
  using Int = blasint;
  static constexpr auto row_major = CblasRowMajor;
  static constexpr auto as_it_is = CblasNoTrans, transposed = CblasTrans;
  static constexpr auto ddot = scipy_cblas_ddot64_;
  static constexpr auto sdot = scipy_cblas_sdot64_;
  static constexpr auto dgemv = scipy_cblas_dgemv64_;
  static constexpr auto sgemv = scipy_cblas_sgemv64_;
  static constexpr auto get_corename = scipy_openblas_get_corename64_;
  static constexpr auto set_num_threads = scipy_openblas_set_num_threads64_;
};

[[gnu::section(".preinit_array"), gnu::used]] void (*const remember_first)() = remember_allowed;

}  // namespace
}  // namespace scalelaw::driver

int main(int argc, char** argv) {
  return scalelaw::driver::openblas_main<scalelaw::driver::Names>(argc, argv, "scipy-openblas");
}
