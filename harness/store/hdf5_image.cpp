#include "harness/store/hdf5_image.hpp"

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

[[noreturn]] void fail_for_memory() {
  throw Error("there is not enough memory to make the results file",
              "end other programs, then continue with --resume");
}

}  // namespace

Hdf5Id access_in_memory() {
  constexpr std::size_t growth = std::size_t{4} << 20;
  Hdf5Id list(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (list < 0 || H5Pset_fapl_core(list, growth, false) < 0) fail_for_memory();
  return list;
}

std::string image_of(hid_t file) {
  if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0) fail_for_memory();
  const ssize_t size = H5Fget_file_image(file, nullptr, 0);
  if (size < 0) fail_for_memory();
  std::string image(static_cast<std::size_t>(size), '\0');
  if (H5Fget_file_image(file, image.data(), image.size()) != size) fail_for_memory();
  return image;
}

}  // namespace scalelaw::harness
