#include "harness/store/seal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "harness/store/regular_file.hpp"

namespace scalelaw::harness {
namespace {

constexpr std::string_view mark = "scalelaw results";
constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";
constexpr const char* disk_hint = "check the disk's free space and health";

/// Of a checksum and a length, padded so that what follows can be read as a file of its own.
std::string seal_text(std::uint32_t checksum, std::int64_t bytes) {
  std::string text =
      fmt::format("{}: {} bytes of HDF5 follow from byte {} on, with the CRC-32 {:08x}", mark,
                  bytes, seal_bytes, checksum);
  text.resize(seal_bytes - 1, ' ');
  return text + '\n';
}

/// The seal for the contents of `file` after it.
std::string seal_of(const RegularFile& file) {
  uLong checksum = 0;
  std::vector<char> buffer(1 << 18);
  std::int64_t at = seal_bytes;
  for (std::size_t got = 0; (got = file.read_at(at, buffer.data(), buffer.size())) > 0;) {
    checksum = crc32_z(checksum, reinterpret_cast<const Bytef*>(buffer.data()), got);
    at += static_cast<std::int64_t>(got);
  }
  return seal_text(static_cast<std::uint32_t>(checksum), at - seal_bytes);
}

}  // namespace

void write_seal(const std::string& path) {
  const RegularFile file(path, O_RDWR, disk_hint);
  file.write_at(0, seal_of(file));
  file.sync();
}

bool check_seal(const std::string& path) {
  const RegularFile file(path, O_RDONLY, "give a file that can be read");
  std::string begin(static_cast<std::size_t>(seal_bytes) + hdf5_signature.size(), '\0');
  begin.resize(file.read_at(0, begin.data(), begin.size()));
  const bool marked = begin.starts_with(mark);
  const bool shifted = begin.size() > seal_bytes && begin.substr(seal_bytes) == hdf5_signature;
  if (!marked && !shifted) return false;
  if (begin.substr(0, seal_bytes) == seal_of(file)) return true;
  throw Error(
      fmt::format("'{}' is damaged, or was changed after it was written: its contents do not match "
                  "its checksum",
                  path),
      "restore it from a copy, or run the campaign again; if you changed it on purpose, "
      "scripts/check-results FILE --seal makes it valid again");
}

}  // namespace scalelaw::harness
