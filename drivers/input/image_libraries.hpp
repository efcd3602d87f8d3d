#pragma once

#include "drivers/input/image_format.hpp"

namespace scalelaw::driver {

/// The decoders that need a library, in a module that is loaded when such a file is first opened:
/// loading libjpeg, libspng and zlib takes a tenth of a short launch.
struct ImageLibraries {
  std::unique_ptr<ImageDecoder> (*png)(const std::string& path, CFile file);
  std::unique_ptr<ImageDecoder> (*jpeg)(const std::string& path, CFile file);
};

}  // namespace scalelaw::driver

/// The symbol that the module exports.
extern "C" const scalelaw::driver::ImageLibraries scalelaw_image_libraries;
