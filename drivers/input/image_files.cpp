#include "drivers/input/image_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "common/error.hpp"
#include "common/looked_in.hpp"
#include "drivers/input/faults.hpp"
#include "drivers/input/image_decoder.hpp"
#include "drivers/output/jpeg_files.hpp"

namespace scalelaw::driver {
namespace {

namespace fs = std::filesystem;

/// The names in a folder, except hidden ones.
/// Errors: throws Error when the folder cannot be read or has no other files.
std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> out;
  bool hidden = false;
  std::error_code error;
  for (auto entry = fs::directory_iterator(folder, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (entry->path().filename().string().starts_with('.')) {
      hidden = true;
    } else {
      out.push_back(entry->path().string());
    }
  }
  if (error) {
    throw Error(fmt::format("the input folder '{}' cannot be read: {}", folder, error.message()),
                "check its permissions");
  }
  if (out.empty()) {
    throw Error(fmt::format("the input folder '{}' {}", folder,
                            hidden ? "contains only hidden files, which are skipped" : "is empty"),
                hidden ? "rename them, or use one as --input" : "put images into it");
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// Adds a file's shape and its decoder's memory to the parameters.
/// Errors: throws Error naming the file when it cannot be compressed.
void add_header(const std::string& file, ImageCompression::Params& params) {
  ImageHeader header = image_header(file);
  if (params.colour == Colour::grey) header.shape.channels = 1;
  if (std::max(header.shape.width, header.shape.height) > longest_side) {
    throw Error(
        fmt::format("{}: an image of {} x {} pixels is too large for JPEG", file,
                    header.shape.width, header.shape.height),
        fmt::format("libjpeg, and thus nearly every program, reads JPEG files of at most {} pixels "
                    "per side: scale it down or crop it",
                    longest_side));
  }
  params.shapes.push_back(header.shape);
  params.decoder_bytes = std::max(params.decoder_bytes, header.decoder_bytes);
}

/// Calls `look(file)` for each file of the input.
/// Errors: throws one Error naming all files for which it throws.
template <class F>
void for_each_file(ImageCompression::Params& params, F&& look) {
  check_output_apart(params.input, params.output_dir);
  params.files = image_files(params.input);
  params.shapes.clear();
  params.decoder_bytes = 0;
  Faults faults;
  for (const std::string& file : params.files) {
    faults.look([&] { look(file); });
  }
  faults.raise(fmt::format("entries of '{}' cannot be used", params.input));
}

}  // namespace

std::vector<std::string> image_files(const std::string& input) {
  std::error_code error;
  const fs::file_status status = fs::status(input, error);
  if (status.type() == fs::file_type::not_found) {
    throw Error(fmt::format("the input '{}' does not exist{}", input, looked_in(input)),
                "name an image file, or a folder of them");
  }
  if (error) {
    throw Error(fmt::format("the input '{}' cannot be accessed: {}", input, error.message()),
                "check its name, its links and the permissions of its parent folders");
  }
  if (!fs::is_directory(status)) return {input};
  return names_in(input);
}

void Files<ImageCompression>::open(Params& params) {
  if (!given(params) || !params.shapes.empty()) return;
  for_each_file(params, [&](const std::string& file) { add_header(file, params); });
}

void Files<ImageCompression>::check_input(Params& params) {
  if (!given(params)) return;
  for_each_file(params, [&](const std::string& file) {
    add_header(file, params);
    const Shape& shape = params.shapes.back();
    decode_rows({file}, shape, {shape.height, shape.height}, nullptr);
  });
}

void Files<ImageCompression>::read(const Params& params, ImageCompression::Storage& storage,
                                   Range range) {
  ImageCompression::for_each_image(storage.geometry, range, [&](std::int64_t image, Range rows) {
    decode_rows({params.files[static_cast<std::size_t>(image)]},
                storage.geometry.image(image).shape, rows, storage.row(image, rows.begin));
  });
}

void Files<ImageCompression>::check_output(const Params& params) {
  if (!params.output_dir.empty()) check_output_dir(params);
}

void Files<ImageCompression>::make_output(const Params& params) {
  if (!params.output_dir.empty()) make_output_dir(params);
}

void Files<ImageCompression>::write(const Params& params, const ImageCompression::Result& result) {
  if (params.output_dir.empty()) return;
  const std::vector<std::string> names = output_names(params);
  for (std::size_t i = 0; i < names.size(); ++i) {
    write_parts(params.output_dir, names[i], result.files[i].parts);
  }
}

}  // namespace scalelaw::driver
