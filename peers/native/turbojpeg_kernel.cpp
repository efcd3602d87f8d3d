#include "peers/native/turbojpeg_kernel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "common/error.hpp"
#include "kernels/image_compression/jpeg_file.hpp"

namespace scalelaw::driver {
namespace {

void put(std::vector<std::byte>& out, const void* from, std::size_t size) {
  const auto* bytes = static_cast<const std::byte*>(from);
  out.insert(out.end(), bytes, bytes + size);
}

/// Everything after the header, whose segments contain their lengths; the last starts the scan.
std::span<const std::byte> scan_of(std::span<const std::byte> file) {
  constexpr std::byte start_of_scan{0xda};
  for (std::size_t at = 2; at + 4 <= file.size();) {
    const bool last = file[at + 1] == start_of_scan;
    at += 2 + 256 * std::to_integer<std::size_t>(file[at + 2]) +
          std::to_integer<std::size_t>(file[at + 3]);
    if (last) return file.subspan(std::min(at, file.size()));
  }
  return {};
}

/// The strips' restart intervals, combined into the files that ImageCompression would make.
ImageCompression::Result joined(const ImageCompression::Params& params,
                                const std::vector<TurbojpegCompression::Strip>& strips) {
  const Geometry batch = ImageCompression::geometry(params);
  ImageCompression::Partial out;
  std::int64_t image = 0, row = 0;
  for (const TurbojpegCompression::Strip& strip : strips) {
    if (strip.image != image) row = 0;
    image = strip.image;
    // Reserved as a whole, and therefore in one chunk.
    const jpeg::ScanIntervals scan = jpeg::split_scan(scan_of(strip.file.chunks().at(0)));
    if (!scan.fault.empty()) throw Error(fmt::format("a strip of image {}: {}", image, scan.fault));
    for (const std::span<const std::byte> interval : scan.intervals) {
      const std::int64_t before = out.bytes.size();
      out.bytes.append(interval);
      const bool last = row + 1 == batch.image(image).mcu_rows;
      if (!last) out.bytes.append(jpeg::restart_marker(row));
      out.interval_bytes.push_back(out.bytes.size() - before);
      ++row;
    }
  }
  if (std::ssize(out.interval_bytes) != batch.items()) {
    throw Error(
        fmt::format("{} MCU rows in all strips, not {}", out.interval_bytes.size(), batch.items()));
  }
  return ImageCompression::finish(params, std::move(out));
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
  return ImageCompression::facts(params, joined(params, result.strips));
}

std::string TurbojpegCompression::verify(const Params& params, const Result& result) {
  return ImageCompression::verify(params, joined(params, result.strips));
}

void Files<TurbojpegCompression>::check_output(const Params& params) {
  if (params.output_dir.empty()) return;
  throw Error("this peer writes no files", "omit --output-dir");
}

}  // namespace scalelaw::driver
