// A folder of images.  The input is its files: a line with the name, then a line with the contents;
// an empty line makes a folder.
#include <fstream>
#include <sstream>

#include "drivers/input/image_files.hpp"
#include "fuzz/fuzz.hpp"

namespace scalelaw::fuzz {
namespace {

namespace fs = std::filesystem;

/// The name cannot lead out of the folder.
fs::path place_of(const fs::path& folder, std::string name) {
  std::erase(name, '\0');
  const fs::path path = fs::path(name).filename();
  return folder / (path.empty() || path == ".." || path == "." ? fs::path("x") : path);
}

void fill(const fs::path& folder, std::string_view input) {
  std::istringstream lines{std::string(input)};
  for (std::string name, contents; std::getline(lines, name) && std::getline(lines, contents);) {
    std::error_code too_long;
    const fs::path path = place_of(folder, name.substr(0, 255));
    if (contents.empty()) fs::create_directory(path, too_long);
    if (!contents.empty()) std::ofstream(path, std::ios::binary) << contents;
  }
}

}  // namespace

void image_folder(std::string_view input) {
  using driver::Files;
  const fs::path folder = own_folder() / "in";
  fs::remove_all(folder);
  fs::create_directory(folder);
  fill(folder, input);
  ImageCompression::Params params;
  params.input = folder;
  params.output_dir = own_folder() / "out";
  refusable([&] { Files<ImageCompression>::open(params); });
  refusable([&] { Files<ImageCompression>::check_input(params); });
  refusable([&] { Files<ImageCompression>::check_output(params); });
}

}  // namespace scalelaw::fuzz
