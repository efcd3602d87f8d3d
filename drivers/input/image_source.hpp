#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/input/c_file.hpp"

namespace scalelaw::driver {

/// An image file by name, with its bytes if they have already been read.
struct ImageFile {
  const std::string& path;
  const std::vector<std::byte>* bytes = nullptr;
};

/// The file, open at its beginning.  Only regular files are opened, because opening a pipe waits
/// for its other end, and opening some devices has side effects.
/// Errors: throws Error naming the file and the reason.
CFile open_image(const ImageFile& image);

/// The size of an open file in bytes; also moves it to its beginning.
std::int64_t size_of(std::FILE* file);

/// All bytes of a file.
/// Errors: as open_image(), and when the file shrinks in the meantime.
std::vector<std::byte> file_bytes(const std::string& path);

/// Throws an Error for a fault of a file, with the file's name in front.
[[noreturn]] void fail_on(const std::string& path, std::string_view what, std::string hint);

}  // namespace scalelaw::driver
