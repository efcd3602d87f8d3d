#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/input/image_files.hpp"
#include "kernels/image_compression/image_compression.hpp"
#include "peers/native/turbojpeg_compressor.hpp"

namespace scalelaw::driver {

/// The same images compressed by libjpeg-turbo with its accurate transform and one restart interval
/// per MCU row.  It cannot share an image, so a range of items becomes one JPEG file, called a
/// strip, for each image that it touches.  With the static schedule, each thread has a strip or
/// several images.
/// Threads: compute is pure; each workspace has its own compressor.
struct TurbojpegCompression {
  using Params = ImageCompression::Params;
  using Storage = ImageCompression::Storage;

  static constexpr std::string_view name = ImageCompression::name;
  static constexpr std::string_view summary =
      "baseline JPEG by libjpeg-turbo, one strip per thread";
  static constexpr std::string_view size_parameter = ImageCompression::size_parameter;
  static constexpr bool ordered = true;
  static constexpr Schedule schedule{};

  struct Shared {};
  using Workspace = TurboCompressor;

  /// One compressed strip: pixel rows of one image.
  struct Strip {
    std::int64_t image = 0;
    std::int64_t rows = 0;
    EncodedBytes file;
  };
  struct Partial {
    std::vector<Strip> strips;
  };
  using Result = Partial;

  static void check(const Params& params) { ImageCompression::check(params); }
  static std::int64_t items(const Params& params) { return ImageCompression::items(params); }
  static Work work(const Params& params) { return ImageCompression::work(params); }
  static Storage allocate(const Params& params, Range range) {
    return ImageCompression::allocate(params, range);
  }
  static void fill(const Params& params, Storage& storage, Range range) {
    ImageCompression::fill(params, storage, range);
  }
  static std::vector<Piece> pieces(const Params& params, Storage& storage, Range range) {
    return ImageCompression::pieces(params, storage, range);
  }
  static Shared prepare(const Params&) { return {}; }
  static void compute(const Params& params, const Shared& shared, const Storage& storage,
                      Range range, Workspace& workspace, Partial& partial);
  static void merge(Partial& into, Partial&& from);
  static void pack(const Partial& partial, std::vector<std::byte>& out);
  static Partial unpack(std::span<const std::byte> in);
  static Result finish(const Params&, Partial&& partial) { return std::move(partial); }

  /// The facts of ImageCompression: its files, assembled from the strips' restart intervals, have
  /// the same bytes.
  /// Errors:  throws Error when a strip's markers do not match its MCU rows.
  static std::vector<Fact> facts(const Params& params, const Result& result);

  /// Like ImageCompression, with its reference encoder.
  static std::string verify(const Params& params, const Result& result);
};

static_assert(Kernel<TurbojpegCompression>);

/// The same input; a peer writes no files.
template <>
struct Files<TurbojpegCompression> : NoFiles<TurbojpegCompression> {
  using Params = ImageCompression::Params;
  using Same = Files<ImageCompression>;
  static constexpr auto derived = Same::derived;

  static bool given(const Params& params) { return Same::given(params); }
  static void open(Params& params) { Same::open(params); }
  static void read(const Params& params, ImageCompression::Storage& storage, Range range) {
    Same::read(params, storage, range);
  }
  static double reading_bytes(const Params& params) { return Same::reading_bytes(params); }
  static void check_input(Params& params) { Same::check_input(params); }
  static void check_output(const Params& params);
};

}  // namespace scalelaw::driver
