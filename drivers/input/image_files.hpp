#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/input/files.hpp"
#include "kernels/image_compression/image_compression.hpp"

namespace scalelaw::driver {

/// The image files that `input` names: itself, or everything in a folder in the order of names.
/// Only hidden files are omitted, such as those that file managers create; any other file that is
/// not an image causes an error later.
/// Errors: throws Error when it does not exist, cannot be read or is a folder without files.
std::vector<std::string> image_files(const std::string& input);

/// Image files in, .jpg files out.
template <>
struct Files<ImageCompression> : NoFiles<ImageCompression> {
  using Params = ImageCompression::Params;

  static constexpr std::array<std::string_view, 4> derived{"images", "width", "height", "spread"};

  static bool given(const Params& params) { return !params.input.empty(); }
  static void open(Params& params);
  static double reading_bytes(const Params& params) {
    return static_cast<double>(params.decoder_bytes);
  }
  static void read(const Params& params, ImageCompression::Storage& storage, Range range);
  static void check_input(Params& params);
  static void check_output(const Params& params);
  static void make_output(const Params& params);
  static void write(const Params& params, const ImageCompression::Result& result);
};

}  // namespace scalelaw::driver
