// Binary PPM (P6) and PGM (P5), read like libnetpbm does.
#include <fmt/format.h>

#include <vector>

#include "drivers/input/image_format.hpp"

namespace scalelaw::driver {
namespace {

constexpr const char* remedy =
    "it may be truncated or damaged; only binary PPM (P6) and PGM (P5) files are supported";

/// The next character of a header.  A comment counts as the end of line that closes it, even right
/// after a number (libnetpbm, pm_getc).
int header_character(std::FILE* in) {
  int next = std::getc(in);
  if (next != '#') return next;
  while (next != '\n' && next != '\r' && next != EOF) next = std::getc(in);
  return next;
}

/// The next number of a header; also reads the one character after it.
std::int64_t header_number(std::FILE* in, const std::string& path) {
  int next = header_character(in);
  while (next == ' ' || (next >= '\t' && next <= '\r')) next = header_character(in);
  std::int64_t value = 0;
  if (next < '0' || next > '9') {
    fail_on(path, "the PNM header lacks a number", remedy);
  }
  for (; next >= '0' && next <= '9'; next = header_character(in)) {
    value = 10 * value + (next - '0');
    if (value > 1'000'000'000) {
      fail_on(path, "a number in the PNM header is too large", remedy);
    }
  }
  return value;
}

class PnmDecoder : public ImageDecoder {
 public:
  PnmDecoder(const std::string& path, CFile file) : path_(path), file_(std::move(file)) {
    std::FILE* const in = file_.get();
    const std::int64_t have = size_of(in);
    char kind[2] = {};
    if (std::fread(kind, 1, 2, in) != 2 || (kind[1] != '5' && kind[1] != '6')) {
      fail_on(path, "an unsupported kind of PNM file", remedy);
    }
    shape_.channels = kind[1] == '5' ? 1 : 3;
    shape_.width = header_number(in, path);
    shape_.height = header_number(in, path);
    largest_ = header_number(in, path);
    pixels_begin_ = ftello(in);
    if (shape_.width < 1 || shape_.height < 1 || largest_ < 1 || largest_ > 65535) {
      fail_on(path, "the PNM header has a 0, or a largest value above 65535", remedy);
    }
    const std::int64_t need = pixels_begin_ + shape_.height * file_row_bytes();
    if (have < need) fail_on(path, fmt::format("truncated: {} bytes of {}", have, need), remedy);
  }

  [[nodiscard]] ImageHeader header() const override { return {shape_}; }

  void decode(const PixelRows& out) override {
    const std::int64_t begin = pixels_begin_ + out.rows.begin * file_row_bytes();
    if (fseeko(file_.get(), begin, SEEK_SET) != 0) fail_to_read();
    if (largest_ == 255 && out.channels == shape_.channels) {
      read(out.first, out.rows.size() * out.row_bytes);
      return;
    }
    std::vector<std::uint8_t> line(static_cast<std::size_t>(file_row_bytes()));
    for (std::int64_t y = out.rows.begin; y < out.rows.end; ++y) {
      read(line.data(), file_row_bytes());
      scale(line);
      convert_channels(line.data(), shape_.channels, shape_.width, out.channels, out.at(y));
    }
  }

 private:
  [[nodiscard]] bool is_wide() const { return largest_ > 255; }
  [[nodiscard]] std::int64_t file_row_bytes() const {
    return shape_.row_bytes() * (is_wide() ? 2 : 1);
  }

  void read(std::uint8_t* to, std::int64_t bytes) {
    const auto size = static_cast<std::size_t>(bytes);
    if (std::fread(to, 1, size, file_.get()) != size) fail_to_read();
  }

  [[noreturn]] void fail_to_read() const { fail_on(path_, "cannot be read to its end", remedy); }

  /// Scales the samples of a row to 8 bits in place.
  void scale(std::vector<std::uint8_t>& line) const {
    if (largest_ == 255) return;
    const auto samples = static_cast<std::size_t>(shape_.row_bytes());
    for (std::size_t i = 0; i < samples; ++i) {
      line[i] = to_8_bits(is_wide() ? line[2 * i] << 8 | line[2 * i + 1] : line[i], largest_);
    }
  }

  const std::string& path_;
  CFile file_;
  Shape shape_;
  std::int64_t largest_ = 255;     ///< the value of full intensity; above 255: two bytes per sample
  std::int64_t pixels_begin_ = 0;  ///< byte offset in the file
};

}  // namespace

std::unique_ptr<ImageDecoder> pnm_decoder(const std::string& path, CFile file) {
  return std::make_unique<PnmDecoder>(path, std::move(file));
}

}  // namespace scalelaw::driver
