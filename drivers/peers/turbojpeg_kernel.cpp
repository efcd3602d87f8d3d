#include "drivers/peers/turbojpeg_kernel.hpp"

#include <fmt/format.h>
#include <turbojpeg.h>

#include <cstdlib>
#include <cstring>
#include <iterator>

#include "common/error.hpp"

namespace scalelaw {
namespace {

int turbo_subsampling(const Shape& shape, Subsampling subsampling) {
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

struct TurboBuffer {
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  TurboBuffer() = default;
  TurboBuffer(const TurboBuffer&) = delete;
  TurboBuffer& operator=(const TurboBuffer&) = delete;
  ~TurboBuffer() { tjFree(bytes); }
};

void put(std::vector<std::byte>& out, const void* from, std::size_t size) {
  const auto* bytes = static_cast<const std::byte*>(from);
  out.insert(out.end(), bytes, bytes + size);
}

}  // namespace

/// TurboJPEG takes the restart interval from the environment alone: one per MCU row.
TurbojpegCompression::Workspace::Workspace() : handle_(tjInitCompress()) {
  if (!handle_) throw Error("libjpeg-turbo did not start");
  setenv("TJ_RESTART", "1", 1);
}

void TurbojpegCompression::Workspace::Closer::operator()(void* handle) const {
  tjDestroy(handle);
}

void TurbojpegCompression::compute(const Params& params, const Shared&, const Storage& storage,
                                   Range range, Workspace& workspace, Partial& partial) {
  ImageCompression::for_each_image(storage.geometry, range, [&](std::int64_t image, Range rows) {
    const Shape& shape = storage.geometry.image(image).shape;
    TurboBuffer buffer;
    const int status = tjCompress2(workspace.compressor(), storage.row(image, rows.begin),
                                   static_cast<int>(shape.width), 0, static_cast<int>(rows.size()),
                                   shape.channels == 1 ? TJPF_GRAY : TJPF_RGB, &buffer.bytes,
                                   &buffer.size, turbo_subsampling(shape, params.subsampling),
                                   static_cast<int>(params.quality), TJFLAG_ACCURATEDCT);
    if (status != 0) {
      throw Error(fmt::format("libjpeg-turbo: {}", tjGetErrorStr2(workspace.compressor())));
    }
    const auto* begin = reinterpret_cast<const std::byte*>(buffer.bytes);
    partial.strips.push_back({image, rows.size(), {begin, begin + buffer.size}});
  });
}

void TurbojpegCompression::merge(Partial& into, Partial&& from) {
  into.strips.insert(into.strips.end(), std::make_move_iterator(from.strips.begin()),
                     std::make_move_iterator(from.strips.end()));
  from.strips.clear();
}

void TurbojpegCompression::pack(const Partial& partial, std::vector<std::byte>& out) {
  for (const Strip& strip : partial.strips) {
    const std::int64_t head[3] = {strip.image, strip.rows, std::ssize(strip.file)};
    put(out, head, sizeof head);
    put(out, strip.file.data(), strip.file.size());
  }
}

TurbojpegCompression::Partial TurbojpegCompression::unpack(std::span<const std::byte> in) {
  Partial out;
  while (!in.empty()) {
    std::int64_t head[3] = {};
    if (in.size() < sizeof head) throw Error("a strip arrived incomplete");
    std::memcpy(head, in.data(), sizeof head);
    in = in.subspan(sizeof head);
    const auto size = static_cast<std::size_t>(head[2]);
    if (in.size() < size) throw Error("a strip arrived incomplete");
    out.strips.push_back({head[0], head[1], {in.begin(), in.begin() + head[2]}});
    in = in.subspan(size);
  }
  return out;
}

std::vector<Fact> TurbojpegCompression::facts(const Params& params, const Result& result) {
  std::int64_t pixels = 0;
  const Geometry batch = ImageCompression::geometry(params);
  for (const Strip& strip : result.strips) {
    pixels += strip.rows * batch.image(strip.image).shape.width;
  }
  return {{"pixels", fmt::format("{}", pixels)}};
}

std::string TurbojpegCompression::verify(const Params& params, const Result& result) {
  const Geometry batch = ImageCompression::geometry(params);
  std::vector<std::int64_t> rows(static_cast<std::size_t>(batch.images()));
  const std::unique_ptr<void, int (*)(void*)> handle(tjInitDecompress(), &tjDestroy);
  for (const Strip& strip : result.strips) {
    const Shape& shape = batch.image(strip.image).shape;
    std::vector<unsigned char> pixels(static_cast<std::size_t>(strip.rows * shape.row_bytes()));
    const int status =
        tjDecompress2(handle.get(), reinterpret_cast<const unsigned char*>(strip.file.data()),
                      strip.file.size(), pixels.data(), static_cast<int>(shape.width), 0,
                      static_cast<int>(strip.rows), shape.channels == 1 ? TJPF_GRAY : TJPF_RGB, 0);
    if (status != 0) return fmt::format("a strip of image {} does not decode", strip.image);
    rows[static_cast<std::size_t>(strip.image)] += strip.rows;
  }
  for (std::int64_t i = 0; i < batch.images(); ++i) {
    const std::int64_t found = rows[static_cast<std::size_t>(i)];
    if (found != batch.image(i).shape.height) {
      return fmt::format("image {} has {} rows in its strips", i, found);
    }
  }
  return {};
}

void Files<TurbojpegCompression>::check_output(const Params& params) {
  if (params.output_dir.empty()) return;
  throw Error("this peer writes no files", "leave --output-dir away");
}

}  // namespace scalelaw
