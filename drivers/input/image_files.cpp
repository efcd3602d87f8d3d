#include "drivers/input/image_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "common/error.hpp"
#include "drivers/input/image_decoder.hpp"
#include "drivers/output/jpeg_files.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

}  // namespace

std::vector<std::string> image_files(const std::string& input) {
  std::error_code error;
  const fs::file_status status = fs::status(input, error);
  if (!fs::exists(status)) {
    throw Error(fmt::format("the input '{}' does not exist", input),
                "name an image file, or a folder of them");
  }
  if (!fs::is_directory(status)) return {input};
  std::vector<std::string> out;
  for (auto entry = fs::directory_iterator(input, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (entry->is_directory()) {
      throw Error(
          fmt::format("the input folder holds another folder, '{}'", entry->path().string()),
          "move it away, or give it as --input");
    }
    out.push_back(entry->path().string());
  }
  if (error) {
    throw Error(fmt::format("the input folder '{}' cannot be read: {}", input, error.message()),
                "check its permissions");
  }
  if (out.empty()) {
    throw Error(fmt::format("the input folder '{}' is empty", input), "put images into it");
  }
  std::sort(out.begin(), out.end());
  return out;
}

void Files<ImageCompression>::open(Params& params) {
  if (params.input.empty() || !params.shapes.empty()) return;
  params.files = image_files(params.input);
  for (const std::string& file : params.files) {
    params.shapes.push_back(image_shape(file));
    Shape& shape = params.shapes.back();
    if (params.colour == Colour::grey) shape.channels = 1;
    if (shape.width > 65535 || shape.height > 65535) {
      throw Error(fmt::format("{}: {} x {} pixels", file, shape.width, shape.height),
                  "a JPEG file holds at most 65535 pixels each way");
    }
  }
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

void Files<ImageCompression>::write(const Params& params, const ImageCompression::Result& result) {
  if (params.output_dir.empty()) return;
  const std::vector<std::string> names = output_names(params);
  for (std::size_t i = 0; i < names.size(); ++i) {
    write_parts(params.output_dir, names[i], result.files[i].parts);
  }
}

}  // namespace scalelaw
