#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/input/c_file.hpp"

namespace scalelaw::driver {

/// An image file by its name, and its bytes where they have been read already.
struct ImageFile {
  const std::string& path;
  const std::vector<std::byte>* bytes = nullptr;
};

/// The file, open at its beginning.  Anything but a regular file is refused unopened, since opening
/// a pipe waits for its other end, and opening some devices does something.
/// Errors: throws Error naming the file and the reason.
CFile open_image(const ImageFile& image);

/// How many bytes an open file has; afterwards it is at its beginning.
std::int64_t size_of(std::FILE* file);

/// All bytes of a file.
/// Errors: as open_image(), and when the file gets shorter meanwhile.
std::vector<std::byte> file_bytes(const std::string& path);

/// Throws the Error that a fault of a file is, its name in front.
[[noreturn]] void fail_on(const std::string& path, std::string_view what, std::string hint);

}  // namespace scalelaw::driver
