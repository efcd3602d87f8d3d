#pragma once

#include <turbojpeg.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>

#include "common/error.hpp"
#include "kernels/image_compression/shape.hpp"

namespace scalelaw::driver {

inline int turbo_subsampling(const Shape& shape, Subsampling subsampling) {
  if (shape.channels == 1) return TJSAMP_GRAY;
  switch (subsampling) {
    case Subsampling::s444:
      return TJSAMP_444;
    case Subsampling::s422:
      return TJSAMP_422;
    case Subsampling::s420:
      break;
  }
  return TJSAMP_420;
}

inline int turbo_format(const Shape& shape) {
  return shape.channels == 1 ? TJPF_GRAY : TJPF_RGB;
}

/// libjpeg-turbo with its accurate transform and one restart interval per MCU row, writing to given
/// memory.  Release 3 has a parameter for restart intervals; release 2 takes them only from the
/// environment, which release 3.2 no longer reads.
/// Threads: one compressor per thread.
/// Errors:  throws Error when libjpeg-turbo refuses.
class TurboCompressor {
 public:
#if defined(TURBOJPEG_VERSION_NUMBER) && TURBOJPEG_VERSION_NUMBER >= 3000000
  TurboCompressor() : handle_(tj3Init(TJINIT_COMPRESS)) {
    if (!handle_) throw Error("libjpeg-turbo did not start");
    set(TJPARAM_NOREALLOC, 1);
    set(TJPARAM_FASTDCT, 0);
    set(TJPARAM_RESTARTROWS, 1);
  }

  /// Compresses `pixels` into `out` of most_bytes(); returns the file's bytes.
  std::int64_t compress(const std::uint8_t* pixels, const Shape& shape, std::int64_t quality,
                        Subsampling subsampling, std::span<std::byte> out) {
    set(TJPARAM_QUALITY, static_cast<int>(quality));
    set(TJPARAM_SUBSAMP, turbo_subsampling(shape, subsampling));
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    std::size_t size = out.size();
    require(tj3Compress8(handle_.get(), pixels, static_cast<int>(shape.width), 0,
                         static_cast<int>(shape.height), turbo_format(shape), &bytes, &size));
    return static_cast<std::int64_t>(size);
  }
#else
  TurboCompressor() : handle_(tjInitCompress()) {
    if (!handle_) throw Error("libjpeg-turbo did not start");
    setenv("TJ_RESTART", "1", 1);
  }

  /// Compresses `pixels` into `out` of most_bytes(); returns the file's bytes.
  std::int64_t compress(const std::uint8_t* pixels, const Shape& shape, std::int64_t quality,
                        Subsampling subsampling, std::span<std::byte> out) {
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    unsigned long size = out.size();
    require(tjCompress2(handle_.get(), pixels, static_cast<int>(shape.width), 0,
                        static_cast<int>(shape.height), turbo_format(shape), &bytes, &size,
                        turbo_subsampling(shape, subsampling), static_cast<int>(quality),
                        TJFLAG_ACCURATEDCT | TJFLAG_NOREALLOC));
    return static_cast<std::int64_t>(size);
  }
#endif

  /// The largest size of a file for such an image, including restart markers.
  static std::int64_t most_bytes(const Shape& shape, Subsampling subsampling) {
    return static_cast<std::int64_t>(tjBufSize(static_cast<int>(shape.width),
                                               static_cast<int>(shape.height),
                                               turbo_subsampling(shape, subsampling))) +
           4 * shape.height;
  }

 private:
  struct Closer {
    void operator()(void* handle) const { tjDestroy(handle); }
  };

#if defined(TURBOJPEG_VERSION_NUMBER) && TURBOJPEG_VERSION_NUMBER >= 3000000
  void set(int parameter, int value) {
    require(tj3Set(handle_.get(), parameter, value));
  }
#endif
  void require(int status) {
    if (status != 0) throw Error(std::string("libjpeg-turbo: ") + tjGetErrorStr2(handle_.get()));
  }

  std::unique_ptr<void, Closer> handle_;
};

}  // namespace scalelaw::driver
