#include "drivers/peers/turbojpeg_kernel.hpp"

#include <fmt/format.h>
#include <turbojpeg.h>

#include <cstring>
#include <iterator>

#include "common/error.hpp"

namespace scalelaw {
namespace {

void put(std::vector<std::byte>& out, const void* from, std::size_t size) {
  const auto* bytes = static_cast<const std::byte*>(from);
  out.insert(out.end(), bytes, bytes + size);
}

}  // namespace

void TurbojpegCompression::compute(const Params& params, const Shared&, const Storage& storage,
                                   Range range, Workspace& workspace, Partial& partial) {
  ImageCompression::for_each_image(storage.geometry, range, [&](std::int64_t image, Range rows) {
    Shape shape = storage.geometry.image(image).shape;
    shape.height = rows.size();
    Strip strip{image, rows.size(), {}};
    const std::int64_t most = TurboCompressor::most_bytes(shape, params.subsampling);
    std::byte* const out = strip.file.reserve(most);
    strip.file.commit(workspace.compress(storage.row(image, rows.begin), shape, params.quality,
                                         params.subsampling,
                                         {out, static_cast<std::size_t>(most)}));
    partial.strips.push_back(std::move(strip));
  });
}

void TurbojpegCompression::merge(Partial& into, Partial&& from) {
  into.strips.insert(into.strips.end(), std::make_move_iterator(from.strips.begin()),
                     std::make_move_iterator(from.strips.end()));
  from.strips.clear();
}

void TurbojpegCompression::pack(const Partial& partial, std::vector<std::byte>& out) {
  for (const Strip& strip : partial.strips) {
    const std::int64_t head[3] = {strip.image, strip.rows, strip.file.size()};
    put(out, head, sizeof head);
    for (const auto chunk : strip.file.chunks()) put(out, chunk.data(), chunk.size());
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
    out.strips.push_back({head[0], head[1], {}});
    out.strips.back().file.append(in.first(size));
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
    const std::span<const std::byte> file = strip.file.chunks().at(0);  // reserved as a whole
    const int status =
        tjDecompress2(handle.get(), reinterpret_cast<const unsigned char*>(file.data()),
                      file.size(), pixels.data(), static_cast<int>(shape.width), 0,
                      static_cast<int>(strip.rows), turbo_format(shape), 0);
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
