#include "drivers/input/hdf5_failure.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace scalelaw::driver {
namespace {

/// A remedy for causes that contain `text`; "{0}" is the file, "{1}" the version of HDF5.
struct Remedy {
  std::string_view text;
  std::string_view hint;
};

constexpr std::array remedies{
    Remedy{"is not registered",
           "write it again with gzip or uncompressed (h5repack), or set HDF5_PLUGIN_PATH to the "
           "folder of the filter's plugin"},
    Remedy{"unable to lock file, errno = 11",
           "another program has it open for writing: close it there"},
    Remedy{"unable to lock", "the file system has no locks: set HDF5_USE_FILE_LOCKING=FALSE"},
    Remedy{"already open for write",
           "another program has it open for writing, or ended without closing it: close it there, "
           "or run h5clear -s {0}"},
    Remedy{"bad version number",
           "a newer HDF5 than this driver's {1} wrote it: write it again for older versions (h5py: "
           "without libver='latest')"},
    Remedy{"bad superblock version",
           "a newer HDF5 than this driver's {1} wrote it: write it again for older versions (h5py: "
           "without libver='latest')"},
    Remedy{"truncated file", "the file is incomplete: copy or write it again"},
    Remedy{"file signature not found", "this is not an HDF5 file: name one that HDF5 has written"},
    Remedy{"no appropriate function for conversion", "store it as 32-bit or 64-bit floats"},
};

std::string hdf5_version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}", major, minor, release);
}

}  // namespace

std::string hdf5_cause() {
  std::string text;
  H5Ewalk2(
      H5E_DEFAULT, H5E_WALK_DOWNWARD,
      [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
        // A failed search for a plugin is not the cause, only an attempt.
        if (error->desc != nullptr && error->maj_num != H5E_PLUGIN) {
          *static_cast<std::string*>(out) = error->desc;
        }
        return 0;
      },
      &text);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.empty() ? "unknown cause" : text;
}

Error hdf5_error(const std::string& what, const std::string& cause, const std::string& file) {
  const auto* const remedy = std::find_if(remedies.begin(), remedies.end(), [&](const Remedy& one) {
    return cause.find(one.text) != std::string::npos;
  });
  const std::string_view hint =
      remedy == remedies.end() ? std::string_view("inspect it with h5dump -H {0}") : remedy->hint;
  return Error(fmt::format("{}: {}", what, cause),
               fmt::format(fmt::runtime(hint), file, hdf5_version()));
}

}  // namespace scalelaw::driver
