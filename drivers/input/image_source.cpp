#include "drivers/input/image_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/error.hpp"
#include "drivers/input/file_kind.hpp"

namespace scalelaw::driver {
namespace {

[[noreturn]] void fail_to_open(const std::string& path) {
  fail_on(path, std::strerror(errno), "check the name, its links and its permissions");
}

CFile open_path(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) fail_to_open(path);
  if (S_ISDIR(status.st_mode)) {
    fail_on(path, "a folder", "move it out of the folder, or use it as --input");
  }
  if (!S_ISREG(status.st_mode)) {
    fail_on(path, kind_of(status.st_mode), "use only regular files; save its data to one");
  }
  // Do not block, in case a pipe has replaced the file in the meantime.
  const int descriptor = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) fail_to_open(path);
  CFile file(fdopen(descriptor, "rb"));
  if (!file) {
    close(descriptor);
    fail_to_open(path);
  }
  return file;
}

}  // namespace

void fail_on(const std::string& path, std::string_view what, std::string hint) {
  throw Error(fmt::format("{}: {}", path, what), std::move(hint));
}

CFile open_image(const ImageFile& image) {
  if (image.bytes == nullptr) return open_path(image.path);
  if (image.bytes->empty()) fail_on(image.path, "the file is empty", "move it out of the folder");
  // The stream is read-only, so the bytes are not modified.
  CFile file(fmemopen(const_cast<std::byte*>(image.bytes->data()), image.bytes->size(), "rb"));
  if (!file) fail_on(image.path, std::strerror(errno), "free some memory");
  return file;
}

std::int64_t size_of(std::FILE* file) {
  fseeko(file, 0, SEEK_END);
  const std::int64_t size = ftello(file);
  std::rewind(file);
  return size;
}

std::vector<std::byte> file_bytes(const std::string& path) {
  const CFile file = open_path(path);
  std::vector<std::byte> out(static_cast<std::size_t>(size_of(file.get())));
  if (std::fread(out.data(), 1, out.size(), file.get()) != out.size()) {
    fail_on(path, "the file cannot be read to its end",
            "do not change the input while it is in use");
  }
  return out;
}

}  // namespace scalelaw::driver
