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

/// Errors: throws Error naming the file when it cannot be compressed.
Shape usable_shape(const std::string& file, Colour colour) {
  if (fs::is_directory(file)) {
    throw Error(fmt::format("{}: a folder", file), "move it away, or give it as --input");
  }
  Shape shape = image_shape(file);
  if (colour == Colour::grey) shape.channels = 1;
  if (shape.width > 65535 || shape.height > 65535) {
    throw Error(fmt::format("{}: {} x {} pixels", file, shape.width, shape.height),
                "a JPEG file holds at most 65535 pixels each way");
  }
  return shape;
}

/// One error for all files that cannot be used, so that they need not be found one by one.
[[noreturn]] void throw_all(const std::string& input, const std::vector<Error>& faults) {
  if (faults.size() == 1) throw Error(faults.front());
  constexpr std::size_t most = 10;
  std::string text = fmt::format("{} entries of '{}' cannot be used:", faults.size(), input);
  for (std::size_t i = 0; i < std::min(most, faults.size()); ++i) {
    text += fmt::format("\n    {}", faults[i].what());
  }
  if (faults.size() > most) text += fmt::format("\n    and {} more", faults.size() - most);
  throw Error(text, "leave image files alone in the folder; hidden files are skipped");
}

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
  bool hidden = false;
  for (auto entry = fs::directory_iterator(input, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (entry->path().filename().string().starts_with('.')) {
      hidden = true;
    } else {
      out.push_back(entry->path().string());
    }
  }
  if (error) {
    throw Error(fmt::format("the input folder '{}' cannot be read: {}", input, error.message()),
                "check its permissions");
  }
  if (out.empty()) {
    throw Error(fmt::format("the input folder '{}' {}", input,
                            hidden ? "has none but hidden files, which are skipped" : "is empty"),
                hidden ? "rename them, or give one as --input" : "put images into it");
  }
  std::sort(out.begin(), out.end());
  return out;
}

void Files<ImageCompression>::open(Params& params) {
  if (params.input.empty() || !params.shapes.empty()) return;
  params.files = image_files(params.input);
  std::vector<Error> faults;
  for (const std::string& file : params.files) {
    try {
      params.shapes.push_back(usable_shape(file, params.colour));
    } catch (const Error& error) {
      faults.push_back(error);
    }
  }
  if (!faults.empty()) throw_all(params.input, faults);
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
