#include "drivers/input/image_decoder.hpp"

#include <fmt/format.h>
#include <spng.h>
#include <sys/stat.h>
#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "drivers/c_file.hpp"
#include "drivers/input/pnm.hpp"

namespace scalelaw {
namespace {

using Pixels = std::vector<std::uint8_t>;

[[noreturn]] void fail(const std::string& path, std::string_view what, std::string hint) {
  throw Error(fmt::format("{}: {}", path, what), std::move(hint));
}

CFile open_file(const ImageFile& image) {
  if (image.bytes == nullptr) {
    CFile file(std::fopen(image.path.c_str(), "rb"));
    if (!file) fail(image.path, std::strerror(errno), "check the name and its permissions");
    return file;
  }
  if (image.bytes->empty()) fail(image.path, "the file is empty", "move it out of the folder");
  // Opened for reading alone, so that the bytes are not written to.
  CFile file(fmemopen(const_cast<std::byte*>(image.bytes->data()), image.bytes->size(), "rb"));
  if (!file) fail(image.path, std::strerror(errno), "give it more memory");
  return file;
}

enum class Format { png, jpeg, pnm };

Format format_of(const ImageFile& image) {
  const CFile file = open_file(image);
  std::array<unsigned char, 8> head{};
  const std::size_t got = std::fread(head.data(), 1, head.size(), file.get());
  constexpr std::array<unsigned char, 8> png = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  if (got == 8 && head == png) return Format::png;
  if (got >= 3 && head[0] == 0xff && head[1] == 0xd8 && head[2] == 0xff) return Format::jpeg;
  if (got >= 2 && head[0] == 'P' && head[1] >= '1' && head[1] <= '6') return Format::pnm;
  fail(image.path, got == 0 ? "the file is empty" : "not a PNG, JPEG, PPM or PGM image",
       "give image files alone; move others out of the folder");
}

// ---- PNG

struct PngCloser {
  void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};

class Png {
 public:
  explicit Png(const ImageFile& image)
      : path_(image.path), file_(open_file(image)), context_(spng_ctx_new(0)) {
    require(context_ ? spng_set_png_file(context_.get(), file_.get()) : SPNG_EMEM);
    require(spng_get_ihdr(context_.get(), &header_));
  }

  [[nodiscard]] Shape shape() const {
    const bool grey = header_.color_type == SPNG_COLOR_TYPE_GRAYSCALE ||
                      header_.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA;
    return {header_.width, header_.height, grey ? 1 : 3};
  }

  /// Three channels, also of a grey file.
  Pixels decode() {
    std::size_t size = 0;
    require(spng_decoded_image_size(context_.get(), SPNG_FMT_RGB8, &size));
    Pixels out(size);
    require(spng_decode_image(context_.get(), out.data(), size, SPNG_FMT_RGB8, 0));
    return out;
  }

 private:
  void require(int status) const {
    if (status == 0) return;
    fail(path_, fmt::format("the PNG file cannot be decoded: {}", spng_strerror(status)),
         "it may be truncated or damaged; make or copy it again");
  }

  const std::string& path_;
  CFile file_;
  std::unique_ptr<spng_ctx, PngCloser> context_;
  spng_ihdr header_{};
};

// ---- JPEG

struct TurboCloser {
  void operator()(void* handle) const { tjDestroy(handle); }
};

class Jpeg {
 public:
  explicit Jpeg(const ImageFile& image) : path_(image.path), handle_(tjInitDecompress()) {
    const CFile file = open_file(image);
    std::array<unsigned char, 65536> buffer;
    for (std::size_t got = 0;
         (got = std::fread(buffer.data(), 1, buffer.size(), file.get())) > 0;) {
      bytes_.insert(bytes_.end(), buffer.data(), buffer.data() + got);
    }
    int width = 0, height = 0, subsampling = 0;
    require(tjDecompressHeader3(handle_.get(), bytes_.data(), bytes_.size(), &width, &height,
                                &subsampling, &colours_));
    if (colours_ == TJCS_CMYK || colours_ == TJCS_YCCK) {
      fail(path_, "a JPEG file in CMYK colours", "convert it to RGB first");
    }
    shape_ = {width, height, colours_ == TJCS_GRAY ? 1 : 3};
  }

  [[nodiscard]] Shape shape() const { return shape_; }

  /// With the file's own channels.
  Pixels decode() {
    Pixels out(static_cast<std::size_t>(shape_.bytes()));
    require(tjDecompress2(handle_.get(), bytes_.data(), bytes_.size(), out.data(),
                          static_cast<int>(shape_.width), 0, static_cast<int>(shape_.height),
                          shape_.channels == 1 ? TJPF_GRAY : TJPF_RGB, TJFLAG_ACCURATEDCT));
    return out;
  }

 private:
  /// A warning is a failure too: a truncated file is padded with grey and only warned of.
  void require(int status) const {
    if (status == 0) return;
    fail(path_, fmt::format("the JPEG file cannot be decoded: {}", tjGetErrorStr2(handle_.get())),
         "it may be truncated or damaged; make or copy it again");
  }

  const std::string& path_;
  std::unique_ptr<void, TurboCloser> handle_;
  std::vector<unsigned char> bytes_;
  Shape shape_;
  int colours_ = 0;
};

/// Pixels with `from` channels as pixels with `to` of them.
void convert(std::span<const std::uint8_t> in, std::int64_t from, std::int64_t to,
             std::uint8_t* out) {
  if (from == to) {
    std::copy(in.begin(), in.end(), out);
    return;
  }
  const auto pixels = static_cast<std::int64_t>(in.size()) / from;
  for (std::int64_t i = 0; i < pixels; ++i) {
    const std::uint8_t* const pixel = in.data() + i * from;
    if (to == 1) {
      out[i] = static_cast<std::uint8_t>(
          (19595 * pixel[0] + 38470 * pixel[1] + 7471 * pixel[2] + 32768) >> 16);
    } else {
      std::fill_n(out + i * to, to, pixel[0]);
    }
  }
}

void check_size(const std::string& path, const Shape& found, const Shape& wanted) {
  if (found.width == wanted.width && found.height == wanted.height) return;
  fail(path,
       fmt::format("the file changed from {} x {} to {} x {} pixels", wanted.width, wanted.height,
                   found.width, found.height),
       "leave the input alone while it is used");
}

template <class Decoder>
void decode_whole(const ImageFile& image, const Shape& wanted, Range rows, std::int64_t channels,
                  std::uint8_t* out) {
  Decoder decoder(image);
  check_size(image.path, decoder.shape(), wanted);
  if (channels == 0) channels = decoder.shape().channels;
  const Pixels pixels = decoder.decode();
  const auto row_bytes = static_cast<std::size_t>(wanted.width * channels);
  convert(std::span(pixels).subspan(static_cast<std::size_t>(rows.begin) * row_bytes,
                                    static_cast<std::size_t>(rows.size()) * row_bytes),
          channels, wanted.channels, out);
}

}  // namespace

Shape image_shape(const std::string& path) {
  const ImageFile image{path};
  switch (format_of(image)) {
    case Format::png:
      return Png(image).shape();
    case Format::jpeg:
      return Jpeg(image).shape();
    case Format::pnm:
      break;
  }
  return pnm_header(open_file(image).get(), path).shape;
}

void decode_rows(const ImageFile& image, const Shape& wanted, Range rows, std::uint8_t* out) {
  switch (format_of(image)) {
    case Format::png:
      return decode_whole<Png>(image, wanted, rows, 3, out);
    case Format::jpeg:
      return decode_whole<Jpeg>(image, wanted, rows, 0, out);
    case Format::pnm:
      break;
  }
  const CFile file = open_file(image);
  const PnmHeader header = pnm_header(file.get(), image.path);
  check_size(image.path, header.shape, wanted);
  const Pixels pixels = read_pnm_rows(file.get(), image.path, header, rows);
  convert(pixels, header.shape.channels, wanted.channels, out);
}

std::vector<std::byte> file_bytes(const std::string& path) {
  const CFile file = open_file({path});
  std::vector<std::byte> out;
  const int descriptor = fileno(file.get());
  struct stat status {};
  if (fstat(descriptor, &status) == 0) out.resize(static_cast<std::size_t>(status.st_size));
  if (std::fread(out.data(), 1, out.size(), file.get()) != out.size()) {
    fail(path, "the file cannot be read to its end", "leave the input alone while it is used");
  }
  return out;
}

}  // namespace scalelaw
