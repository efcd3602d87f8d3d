#include "drivers/input/png_chunks.hpp"

#include <algorithm>
#include <cstring>

namespace scalelaw::driver {

bool PngChunks::Head::is_data() const {
  return std::memcmp(&bytes[4], "IDAT", 4) == 0;
}

bool PngChunks::Head::is_end() const {
  return bytes[4] == 0 || std::memcmp(&bytes[4], "IEND", 4) == 0;
}

bool PngChunks::next_head(Head& head) const {
  return std::fread(head.bytes.data(), 1, head.bytes.size(), file_) == head.bytes.size();
}

bool PngChunks::read(std::byte* out, std::size_t length) {
  while (length > 0) {
    while (head_left_ == 0 && left_ == 0) {
      if (!next_head(head_)) return false;
      const std::int64_t rest = head_.length() + checksum_bytes;
      if (head_.is_ancillary()) {
        if (fseeko(file_, rest, SEEK_CUR) != 0) return false;
      } else {
        head_left_ = head_.bytes.size();
        left_ = rest;
      }
    }
    std::size_t part = 0;
    if (head_left_ > 0) {
      part = std::min(length, head_left_);
      std::memcpy(out, head_.bytes.data() + head_.bytes.size() - head_left_, part);
      head_left_ -= part;
    } else {
      part = std::min(length, static_cast<std::size_t>(left_));
      if (std::fread(out, 1, part, file_) != part) return false;
      left_ -= static_cast<std::int64_t>(part);
    }
    out += part;
    length -= part;
  }
  return true;
}

double PngChunks::data_bytes(double enough) const {
  const std::int64_t position = ftello(file_);
  fseeko(file_, 0, SEEK_END);
  const std::int64_t end = ftello(file_);
  double sum = 0;
  Head head;
  for (std::int64_t at = signature_bytes; sum < enough;) {
    if (fseeko(file_, at, SEEK_SET) != 0 || !next_head(head) || head.is_end()) break;
    at += std::ssize(head.bytes);
    if (head.is_data()) sum += static_cast<double>(std::min(head.length(), end - at));
    at += head.length() + checksum_bytes;
  }
  fseeko(file_, position, SEEK_SET);
  return sum;
}

}  // namespace scalelaw::driver
