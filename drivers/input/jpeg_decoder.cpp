// JPEG through libjpeg's own interface, which returns rows one by one and decodes every sampling.
#include <fmt/format.h>

#include <csetjmp>
#include <cstdio>
#include <vector>
// These depend on the headers above.
#include <jerror.h>
#include <jpeglib.h>

#include "drivers/input/image_format.hpp"

namespace scalelaw::driver {
namespace {

/// How libjpeg reports failures: by a message and a jump to the caller, because no exception may
/// pass through its frames.
struct Failure : jpeg_error_mgr {
  std::jmp_buf caller;
  char message[JMSG_LENGTH_MAX];
  bool lost_data;
};

[[noreturn]] void leave(j_common_ptr info, bool lost_data) {
  auto* const failure = static_cast<Failure*>(info->err);
  failure->format_message(info, failure->message);
  failure->lost_data = lost_data;
  std::longjmp(failure->caller, 1);
}

/// True when almost all of the `count` bytes skipped before a marker are zeros.  Cameras pad with
/// zeros; other bytes are pixels that were lost because of damage before them.  `count` also
/// includes up to seven bytes of each restart interval since the last warning.
bool is_padding(j_decompress_ptr info, std::int64_t count) {
  auto* const file = static_cast<std::FILE*>(info->client_data);
  const std::int64_t read = ftello(file);
  const std::int64_t end = read - static_cast<std::int64_t>(info->src->bytes_in_buffer);
  fseeko(file, std::max<std::int64_t>(0, end - count), SEEK_SET);
  constexpr std::int64_t few = 32;
  std::int64_t others = 0;
  for (; count > 0 && others < few; --count) {
    if (std::getc(file) != 0) ++others;
  }
  fseeko(file, read, SEEK_SET);
  return others < few;
}

/// True for a warning that leaves all pixels intact.
bool is_harmless(j_decompress_ptr info) {
  switch (info->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
      return is_padding(info, info->err->msg_parm.i[0]);
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
      return true;
    default:
      return false;
  }
}

/// A message from libjpeg: warnings have a negative level, others are only traces.
void on_message(j_common_ptr info, int level) {
  if (level < 0 && !is_harmless(reinterpret_cast<j_decompress_ptr>(info))) leave(info, true);
}

struct Decompress : jpeg_decompress_struct {
  Decompress() : jpeg_decompress_struct{} {}
  Decompress(const Decompress&) = delete;
  Decompress& operator=(const Decompress&) = delete;
  ~Decompress() { jpeg_destroy_decompress(this); }
};

class JpegDecoder : public ImageDecoder {
 public:
  JpegDecoder(const std::string& path, CFile file) : path_(path), file_(std::move(file)) {
    info_.err = jpeg_std_error(&failure_);
    failure_.error_exit = [](j_common_ptr info) { leave(info, false); };
    failure_.emit_message = on_message;
    const std::int64_t bytes = size_of(file_.get());
    guarded([&] {
      jpeg_create_decompress(&info_);
      info_.client_data = file_.get();
      jpeg_stdio_src(&info_, file_.get());
      jpeg_read_header(&info_, TRUE);
    });
    check_colours();
    check_length(bytes);
  }

  /// With several scans, libjpeg keeps all coefficients, 16 bits each, until it has read the
  /// last one.
  [[nodiscard]] ImageHeader header() const override {
    const std::int64_t coefficients = jpeg_has_multiple_scans(&info_) ? 64 * blocks() : 0;
    return {{info_.image_width, info_.image_height, channels()}, 2 * coefficients};
  }

  void decode(const PixelRows& out) override {
    std::vector<std::uint8_t> line(static_cast<std::size_t>(info_.image_width * channels()));
    const bool in_place = channels() == out.channels;
    guarded([&] {
      info_.dct_method = JDCT_ISLOW;
      info_.out_color_space = channels() == 1 ? JCS_GRAYSCALE : JCS_RGB;
      jpeg_start_decompress(&info_);
      for (std::int64_t y = 0; y < out.rows.end; ++y) {
        std::uint8_t* const target = out.at(y);
        JSAMPROW row = target != nullptr && in_place ? target : line.data();
        jpeg_read_scanlines(&info_, &row, 1);
        if (target == nullptr || in_place) continue;
        convert_channels(row, channels(), info_.image_width, out.channels, target);
      }
      // Checks the file's end; it would be an error with rows missing.
      if (out.rows.end == info_.image_height) jpeg_finish_decompress(&info_);
    });
  }

 private:
  /// Calls libjpeg through `call`, which must not own anything that needs destruction.
  template <class F>
  void guarded(F&& call) {
    if (setjmp(failure_.caller) != 0) fail();  // NOLINT(cert-err52-cpp): libjpeg's interface
    call();
  }

  [[noreturn]] void fail() const {
    fail_on(
        path_, fmt::format("the JPEG file cannot be decoded: {}", failure_.message),
        failure_.lost_data
            ? "it is damaged or incomplete: copy it again, or recover what is left of it with "
              "'djpeg OLD.jpg | cjpeg -quality 95 > NEW.jpg'"
            : "if it is damaged, copy it again; otherwise save it as an 8-bit RGB or grey JPEG, "
              "or as PNG");
  }

  void check_colours() const {
    const J_COLOR_SPACE colours = info_.jpeg_color_space;
    if (colours == JCS_CMYK || colours == JCS_YCCK) {
      fail_on(path_, "a JPEG file in CMYK colours", "convert it to RGB first");
    }
    if (info_.num_components != 1 && info_.num_components != 3) {
      fail_on(path_, fmt::format("a JPEG file with {} components", info_.num_components),
              "convert it to RGB or grey first");
    }
  }

  /// A block has at least one bit, the shortest code for its first coefficient, and in a sequential
  /// file one more for the end of the block.  Arithmetic coding has no such bound.
  void check_length(std::int64_t bytes) const {
    if (info_.arith_code) return;
    const std::int64_t least = blocks() * (info_.progressive_mode ? 1 : 2) / 8;
    if (bytes >= least) return;
    fail_on(path_,
            fmt::format("incomplete: {} bytes, but {} x {} pixels need at least {}", bytes,
                        info_.image_width, info_.image_height, least),
            "copy it again");
  }

  [[nodiscard]] std::int64_t channels() const { return info_.num_components == 1 ? 1 : 3; }

  /// Blocks of all components, including those that only fill the last MCUs.
  [[nodiscard]] std::int64_t blocks() const {
    const auto rounded = [](std::int64_t count, int multiple) {
      return (count + multiple - 1) / multiple * multiple;
    };
    std::int64_t sum = 0;
    for (int i = 0; i < info_.num_components; ++i) {
      const jpeg_component_info& component = info_.comp_info[i];
      sum += rounded(component.width_in_blocks, component.h_samp_factor) *
             rounded(component.height_in_blocks, component.v_samp_factor);
    }
    return sum;
  }

  const std::string& path_;
  CFile file_;
  Failure failure_{};
  mutable Decompress info_;  ///< libjpeg's queries take no const pointer
};

}  // namespace

std::unique_ptr<ImageDecoder> jpeg_decoder(const std::string& path, CFile file) {
  return std::make_unique<JpegDecoder>(path, std::move(file));
}

}  // namespace scalelaw::driver
