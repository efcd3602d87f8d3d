// PNG through libspng, row by row, including interlaced files.
#include <fmt/format.h>
#include <spng.h>

#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "drivers/input/image_format.hpp"
#include "drivers/input/png_chunks.hpp"

namespace scalelaw::driver {
namespace {

/// The pixels of one pass of an interlaced image: from (x, y) in steps of (dx, dy).
/// Source: the PNG specification, 8.2.
struct Pass {
  std::int64_t x, y, dx, dy;

  [[nodiscard]] std::int64_t columns(std::int64_t width) const {
    return std::max<std::int64_t>(0, (width - x + dx - 1) / dx);
  }
  [[nodiscard]] std::int64_t rows(std::int64_t height) const {
    return std::max<std::int64_t>(0, (height - y + dy - 1) / dy);
  }
};
constexpr std::array<Pass, 7> interlaced_passes{{{0, 0, 8, 8},
                                                 {4, 0, 8, 8},
                                                 {0, 4, 4, 8},
                                                 {2, 0, 4, 4},
                                                 {0, 2, 2, 4},
                                                 {1, 0, 2, 2},
                                                 {0, 1, 1, 2}}};
constexpr std::array<Pass, 1> whole_image{{{0, 0, 1, 1}}};

struct ContextCloser {
  void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};

int read_chunks(spng_ctx*, void* chunks, void* out, std::size_t length) {
  const bool read = static_cast<PngChunks*>(chunks)->read(static_cast<std::byte*>(out), length);
  return read ? SPNG_OK : SPNG_IO_EOF;
}

class PngDecoder : public ImageDecoder {
 public:
  PngDecoder(const std::string& path, CFile file)
      : path_(path), file_(std::move(file)), chunks_(file_.get()), context_(spng_ctx_new(0)) {
    require(context_ ? spng_set_png_stream(context_.get(), read_chunks, &chunks_) : SPNG_EMEM);
    require(spng_get_ihdr(context_.get(), &header_));
    check_length();
  }

  [[nodiscard]] ImageHeader header() const override {
    return {{header_.width, header_.height, is_grey() ? 1 : 3}};
  }

  void decode(const PixelRows& out) override {
    const int format = format_of_rows();
    std::size_t image_bytes = 0;
    require(spng_decoded_image_size(context_.get(), format, &image_bytes));
    require(spng_decode_image(context_.get(), nullptr, 0, format, SPNG_DECODE_PROGRESSIVE));
    line_.resize(image_bytes / header_.height);
    const bool in_place = !is_interlaced() && !is_deep() && channels_of_rows() == out.channels;
    spng_row_info row{};
    for (int status = 0; status != SPNG_EOI;) {
      require(spng_get_row_info(context_.get(), &row));
      if (!is_interlaced() && row.row_num >= out.rows.end) break;
      std::uint8_t* const target = out.at(row.row_num);
      std::uint8_t* const into = target != nullptr && in_place ? target : line_.data();
      status = spng_decode_scanline(context_.get(), into, line_.size());
      if (status != SPNG_EOI) require(status);
      if (target != nullptr && !in_place) place(passes()[row.pass], out.channels, target);
    }
  }

 private:
  [[nodiscard]] bool is_grey() const {
    return header_.color_type == SPNG_COLOR_TYPE_GRAYSCALE ||
           header_.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA;
  }
  [[nodiscard]] bool is_interlaced() const { return header_.interlace_method != 0; }
  [[nodiscard]] bool is_deep() const { return header_.bit_depth == 16; }

  [[nodiscard]] std::span<const Pass> passes() const {
    if (is_interlaced()) return interlaced_passes;
    return whole_image;
  }

  [[nodiscard]] std::int64_t samples_per_pixel() const {
    switch (header_.color_type) {
      case SPNG_COLOR_TYPE_TRUECOLOR:
        return 3;
      case SPNG_COLOR_TYPE_GRAYSCALE_ALPHA:
        return 2;
      case SPNG_COLOR_TYPE_TRUECOLOR_ALPHA:
        return 4;
      default:  // grey or an index of the palette
        return 1;
    }
  }

  /// The format libspng decodes to: 16 bits are kept, because it would truncate them; else 8 bits.
  [[nodiscard]] int format_of_rows() const {
    if (is_deep()) return SPNG_FMT_PNG;
    return header_.color_type == SPNG_COLOR_TYPE_GRAYSCALE ? SPNG_FMT_G8 : SPNG_FMT_RGB8;
  }

  /// The channels of a row's pixels after conversion to 8 bits.
  [[nodiscard]] std::int64_t channels_of_rows() const {
    return is_deep() ? (is_grey() ? 1 : 3) : (format_of_rows() == SPNG_FMT_G8 ? 1 : 3);
  }

  /// Stores the row in line_ at the places of the pass's pixels in a row of the image.
  void place(const Pass& pass, std::int64_t channels, std::uint8_t* target) {
    const std::int64_t pixels = pass.columns(header_.width);
    if (is_deep()) round_line(pixels);
    if (!is_interlaced()) {
      convert_channels(line_.data(), channels_of_rows(), pixels, channels, target);
      return;
    }
    packed_.resize(static_cast<std::size_t>(pixels * channels));
    convert_channels(line_.data(), channels_of_rows(), pixels, channels, packed_.data());
    for (std::int64_t i = 0; i < pixels; ++i) {
      std::copy_n(packed_.data() + i * channels, channels,
                  target + (pass.x + i * pass.dx) * channels);
    }
  }

  /// Rounds the 16-bit samples of line_ to 8 bits in place, and drops transparency.
  void round_line(std::int64_t pixels) {
    const std::int64_t samples = samples_per_pixel();
    const std::int64_t kept = channels_of_rows();
    std::uint8_t* out = line_.data();
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
      for (std::int64_t channel = 0; channel < kept; ++channel) {
        std::uint16_t sample = 0;
        std::memcpy(&sample, line_.data() + 2 * (pixel * samples + channel), sizeof sample);
        *out++ = to_8_bits(sample, 65535);
      }
    }
  }

  /// The size of all rows of all passes before compression.
  [[nodiscard]] double filtered_bytes() const {
    const std::int64_t bits = samples_per_pixel() * header_.bit_depth;
    double sum = 0;
    for (const Pass& pass : passes()) {
      const std::int64_t columns = pass.columns(header_.width);
      if (columns == 0) continue;
      const std::int64_t row_bytes = 1 + (columns * bits + 7) / 8;  // plus the filter's number
      sum += static_cast<double>(pass.rows(header_.height)) * static_cast<double>(row_bytes);
    }
    return sum;
  }

  /// One byte of a deflate stream yields at most 1032: the longest match has 258 bytes and takes
  /// two bits.  The sizes of its chunks thus show when a file cannot be complete.
  void check_length() const {
    const double needed = filtered_bytes() / 1032;
    const double found = chunks_.data_bytes(needed);
    if (found >= needed) return;
    fail_on(path_,
            fmt::format("incomplete: {:.0f} bytes of compressed data, but {} x {} pixels need at "
                        "least {:.0f}",
                        found, header_.width, header_.height, needed),
            "copy it again");
  }

  void require(int status) const {
    if (status == 0) return;
    fail_on(path_, fmt::format("the PNG file cannot be decoded: {}", spng_strerror(status)),
            "it may be truncated or damaged; create or copy it again");
  }

  const std::string& path_;
  CFile file_;
  PngChunks chunks_;
  std::unique_ptr<spng_ctx, ContextCloser> context_;
  spng_ihdr header_{};
  std::vector<std::uint8_t> line_;    ///< as decoded by libspng
  std::vector<std::uint8_t> packed_;  ///< a pass's pixels of a row, converted
};

}  // namespace

std::unique_ptr<ImageDecoder> png_decoder(const std::string& path, CFile file) {
  return std::make_unique<PngDecoder>(path, std::move(file));
}

}  // namespace scalelaw::driver
