#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "kernels/image_compression/encoded_bytes.hpp"
#include "kernels/image_compression/encoder_tables.hpp"
#include "kernels/image_compression/geometry.hpp"
#include "kernels/image_compression/row_encoder.hpp"
#include "kernels/image_compression/shape.hpp"
#include "kernels/kernel.hpp"
#include "kernels/numerics/buffer.hpp"
#include "kernels/partial_bytes.hpp"

namespace scalelaw {

/// Baseline JPEG (ITU-T T.81, JFIF) of a batch of 8-bit grey or RGB images, with one restart
/// interval per MCU row.  An item is an MCU row, so that workers can share one large image as well
/// as a batch of many.  The files are byte-identical for every partition and instruction set.
///
/// Shapes:  images of 1 to 65500 pixels per side; they may exceed 2 GiB.
/// Units:   throughput in pixels.
/// Traffic: reads 3 bytes (grey: 1) per pixel once; arithmetic and bit-writing dominate.
/// Memory:  per worker the pixels of its rows, their encoded bytes, and about 50 KiB.
/// Threads: compute is pure; safe on disjoint ranges.
/// Source:  docs/kernels/image_compression.md.
struct ImageCompression {
  static constexpr std::string_view name = "image_compression";
  static constexpr std::string_view summary =
      "baseline JPEG of generated or given images, shared at MCU rows";
  static constexpr std::string_view size_parameter = "images";
  static constexpr bool ordered = true;
  static constexpr Schedule schedule{Schedule::Kind::dynamic, 0};

  struct Params {
    std::int64_t images = 1;
    std::int64_t width = 4000;
    std::int64_t height = 3000;
    double spread = 1;
    Colour colour = Colour::rgb;
    std::int64_t quality = 75;
    Subsampling subsampling = Subsampling::s420;
    std::string input;
    std::string output_dir;
    std::int64_t seed = 1;

    /// The images of an input, set by the reader together with their files; empty for
    /// generated images.
    std::vector<Shape> shapes;
    std::vector<std::string> files;
    /// Bytes for decoding the most demanding of them, apart from a few rows.
    std::int64_t decoder_bytes = 0;

    static constexpr auto fields() {
      using P = Params;
      return std::tuple{
          Field<P, std::int64_t>{"images", &P::images, "number of generated images", 1,
                                 1'000'000'000},
          Field<P, std::int64_t>{"width", &P::width, "width in pixels, 1 to 65500", 1},
          Field<P, std::int64_t>{"height", &P::height, "height in pixels, 1 to 65500", 1},
          Field<P, double>{"spread", &P::spread,
                           "areas of generated images vary by up to this factor up and down "
                           "(1: all alike)"},
          Field<P, Colour>{"colour", &P::colour, "grey also converts given images"},
          Field<P, std::int64_t>{"quality", &P::quality, "1 (smallest file) to 100 (best image)", 1,
                                 100},
          Field<P, Subsampling>{"subsampling", &P::subsampling, "chroma subsampling"},
          Field<P, std::string>{
              "input", &P::input,
              "a PNG, PPM, PGM or JPEG file, or a folder of them, to compress "
              "instead of generated images; hidden files in the folder are skipped"},
          Field<P, std::string>{"output_dir", &P::output_dir, "folder to write the .jpg files to"},
          Field<P, std::int64_t>{"seed", &P::seed, "seed for the generated images"}};
    }
  };

  /// The pixels of a range of items, end to end in item order.
  struct Storage {
    Geometry geometry;
    Range range;
    std::int64_t first_byte = 0;
    Buffer pixels;

    /// Pixel row `y` of image `image`; it must belong to the range.
    [[nodiscard]] std::uint8_t* row(std::int64_t image, std::int64_t y) const {
      const Geometry::Image& of = geometry.image(image);
      return pixels.as<std::uint8_t>() + (of.first_byte + y * of.shape.row_bytes() - first_byte);
    }
  };

  struct Shared {
    jpeg::EncoderTables tables;
    Geometry geometry;
  };
  struct Workspace {
    Workspace() : scratch(std::make_unique<jpeg::RowScratch>()) {}
    std::unique_ptr<jpeg::RowScratch> scratch;
  };

  /// The restart intervals of consecutive items, each with its marker unless it is an image's last.
  struct Partial {
    EncodedBytes bytes;
    std::vector<std::int64_t> interval_bytes;  ///< per item
  };

  /// A file as a list of pieces in order, so that nothing is copied to assemble it.
  struct File {
    std::vector<std::span<const std::byte>> parts;
    std::int64_t bytes = 0;

    [[nodiscard]] std::vector<std::byte> contiguous() const;
  };
  struct Result {
    std::vector<std::vector<std::byte>> headers;
    EncodedBytes scans;
    std::vector<File> files;  ///< pieces refer to the members above
    std::int64_t bytes = 0;
  };

  /// Errors: throws Error when an image is larger than libjpeg reads, or the spread is out
  ///         of range.
  static void check(const Params& params);

  /// The shapes of the batch: params.shapes, or those of the generated images.
  static std::vector<Shape> shapes(const Params& params);
  static Geometry geometry(const Params& params);

  /// Calls `visit(image, pixel rows)` for each image that has rows among the items of `range`.
  static void for_each_image(const Geometry& geometry, Range range,
                             const std::function<void(std::int64_t, Range)>& visit);

  static std::int64_t items(const Params& params) { return work(params).items; }
  static Work work(const Params& params);
  static Storage allocate(const Params& params, Range range);
  static void fill(const Params& params, Storage& storage, Range range);
  static std::vector<Piece> pieces(const Params& params, Storage& storage, Range range);
  static Shared prepare(const Params& params);
  static void compute(const Params& params, const Shared& shared, const Storage& storage,
                      Range range, Workspace& workspace, Partial& partial);
  static void merge(Partial& into, Partial&& from);
  static void pack(const Partial& partial, std::vector<std::byte>& out);
  static Partial unpack(std::span<const std::byte> in, std::span<const Piece> pieces = {});
  static std::vector<Piece> bulk(Partial& partial);
  static void share_bulk() { EncodedBytes::use_shareable_memory(); }
  static PartialBytes partial_bytes(const Params& params);
  static Result finish(const Params& params, Partial&& partial);

  /// images, bytes, and a 64-bit FNV-1a digest over all files, each preceded by its length.
  static std::vector<Fact> facts(const Params& params, const Result& result);

  /// Walks the markers of every file, and re-encodes MCU rows of generated images with the
  /// reference encoder: all rows of a small batch, else about 4 megapixels spread over it.
  static std::string verify(const Params& params, const Result& result);
};

static_assert(Kernel<ImageCompression>);

/// Computes the facts of a batch from its files in order, with a 64-bit FNV-1a digest of them all.
class FilesDigest {
 public:
  void add(const ImageCompression::File& file);
  [[nodiscard]] std::vector<Fact> facts() const;

 private:
  void add(std::byte byte) {
    value_ = (value_ ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3ULL;
  }
  std::uint64_t value_ = 0xcbf29ce484222325ULL;
  std::int64_t files_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace scalelaw
