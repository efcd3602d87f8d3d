#include "kernels/image_compression/image_compression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <iterator>
#include <numeric>

#include "kernels/image_compression/jpeg_file.hpp"
#include "kernels/image_compression/photo_like.hpp"

namespace scalelaw {
namespace {

/// A number in [0, 1) that depends on the seed and the image alone (SplitMix64's output function).
double unit_draw(std::int64_t seed, std::int64_t image) {
  std::uint64_t z = static_cast<std::uint64_t>(seed) * 0xd1b54a32d192ed03ULL +
                    static_cast<std::uint64_t>(image + 1) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/// `length` scaled, and limited to what a JPEG file can hold.
std::int64_t scaled(std::int64_t length, double factor) {
  const double wanted = std::round(static_cast<double>(length) * factor);
  return static_cast<std::int64_t>(std::clamp(wanted, 1.0, static_cast<double>(longest_side)));
}

Shape generated_shape(const ImageCompression::Params& params, std::int64_t image) {
  const std::int64_t channels = params.colour == Colour::grey ? 1 : 3;
  if (params.spread == 1) return {params.width, params.height, channels};
  // log(area) is uniform between -log(spread) and +log(spread); each side takes half of it.
  const double side = std::pow(params.spread, unit_draw(params.seed, image) - 0.5);
  return {scaled(params.width, side), scaled(params.height, side), channels};
}

/// Memory per image for its place in the batch, its header and the pieces of its file.
constexpr double bytes_beside_an_image = 1024;

/// Encoded bytes per sample of uniform noise, by quality.  Hardly any image needs more.  Measured
/// with 2 megapixels; chroma subsampling makes a difference of 5 %.
double noise_bytes(double quality, bool grey) {
  struct Point {
    double quality, of_colours, of_grey;
  };
  constexpr std::array<Point, 8> points{{{1, 0.03, 0.13},
                                         {25, 0.16, 0.30},
                                         {50, 0.28, 0.43},
                                         {75, 0.42, 0.56},
                                         {90, 0.62, 0.79},
                                         {95, 0.81, 1.01},
                                         {98, 1.06, 1.29},
                                         {100, 1.37, 1.58}}};
  std::size_t next = 1;
  while (quality > points[next].quality) ++next;
  const Point &from = points[next - 1], &to = points[next];
  const double t = (quality - from.quality) / (to.quality - from.quality);
  return grey ? std::lerp(from.of_grey, to.of_grey, t)
              : std::lerp(from.of_colours, to.of_colours, t);
}

/// Samples per pixel after chroma subsampling.
double samples_per_pixel(const Shape& shape, Subsampling subsampling) {
  if (shape.channels == 1) return 1;
  const McuLayout mcu = mcu_layout(shape, subsampling);
  return 1 + 2.0 * 64 / static_cast<double>(mcu.width * mcu.height);
}

struct Totals {
  double images = 0;
  std::int64_t items = 0;
  double pixels = 0;
  double bytes = 0;
  double encoded_noise = 0;  ///< bytes of the files if all images were noise
};

/// Adds `count` images of `shape`.
void add(const Shape& shape, const ImageCompression::Params& params, std::int64_t count,
         Totals& totals) {
  const auto images = static_cast<double>(count);
  const double pixels = images * static_cast<double>(shape.width * shape.height);
  totals.images += images;
  totals.items += count * mcu_layout(shape, params.subsampling).rows(shape);
  totals.pixels += pixels;
  totals.encoded_noise += pixels * samples_per_pixel(shape, params.subsampling) *
                          noise_bytes(static_cast<double>(params.quality), shape.channels == 1);
  totals.bytes += images * static_cast<double>(shape.bytes());
}

Totals totals(const ImageCompression::Params& params) {
  Totals out;
  for (const Shape& shape : params.shapes) add(shape, params, 1, out);
  if (!params.shapes.empty()) return out;
  if (params.spread == 1) {
    add(generated_shape(params, 0), params, params.images, out);
    return out;
  }
  for (std::int64_t i = 0; i < params.images; ++i) {
    add(generated_shape(params, i), params, 1, out);
  }
  return out;
}

/// Cuts a list of chunks into files, from the front.
class Cutter {
 public:
  explicit Cutter(const EncodedBytes& bytes) : chunks_(bytes.chunks()) {}

  void take(std::int64_t size, std::vector<std::span<const std::byte>>& out) {
    while (size > 0) {
      const std::span<const std::byte> chunk = chunks_[next_].subspan(used_);
      const std::span<const std::byte> part =
          chunk.first(std::min(chunk.size(), static_cast<std::size_t>(size)));
      out.push_back(part);
      size -= std::ssize(part);
      used_ += part.size();
      if (used_ == chunks_[next_].size()) {
        ++next_;
        used_ = 0;
      }
    }
  }

 private:
  std::vector<std::span<const std::byte>> chunks_;
  std::size_t next_ = 0;
  std::size_t used_ = 0;
};

}  // namespace

void ImageCompression::check(const Params& params) {
  if (!(params.spread >= 1 && params.spread <= 1e6)) {
    throw Error(fmt::format("the spread {} is not between 1 and 1e6", params.spread),
                "choose --spread 1 for images of one size, or for example 16");
  }
  std::vector<Shape> shapes = params.shapes;
  if (shapes.empty()) shapes.push_back({params.width, params.height});
  for (const Shape& shape : shapes) {
    if (shape.width >= 1 && shape.width <= longest_side && shape.height >= 1 &&
        shape.height <= longest_side) {
      continue;
    }
    throw Error(
        fmt::format("an image of {} x {} pixels is too large or empty", shape.width, shape.height),
        fmt::format("libjpeg, and thus nearly every program, reads JPEG files of 1 to {} "
                    "pixels per side",
                    longest_side));
  }
}

std::vector<Shape> ImageCompression::shapes(const Params& params) {
  if (!params.shapes.empty()) return params.shapes;
  std::vector<Shape> out(static_cast<std::size_t>(params.images));
  std::int64_t image = 0;
  for (Shape& shape : out) shape = generated_shape(params, image++);
  return out;
}

Geometry ImageCompression::geometry(const Params& params) {
  return {shapes(params), params.subsampling};
}

void ImageCompression::for_each_image(const Geometry& geometry, Range range,
                                      const std::function<void(std::int64_t, Range)>& visit) {
  while (!range.empty()) {
    const Geometry::Place first = geometry.place(range.begin);
    const Geometry::Image& image = geometry.image(first.image);
    const std::int64_t items = std::min(range.size(), image.mcu_rows - first.row);
    visit(first.image,
          Range{image.pixel_rows(first.row).begin, image.pixel_rows(first.row + items - 1).end});
    range.begin += items;
  }
}

Work ImageCompression::work(const Params& params) {
  // Without a Geometry, because there may not be enough memory for one.
  const Totals batch = totals(params);
  // The number of encoded bytes is not known in advance.  Given images may be anything, up to
  // noise.  Generated ones resemble photos: half a byte per pixel is plenty up to about quality 90;
  // above that the result approaches the size of the input.
  const double of_generated = params.quality <= 90 ? 0.5 * batch.pixels : batch.bytes;
  const double encoded = params.shapes.empty() ? of_generated : batch.encoded_noise;
  return {.items = batch.items,
          .operations = batch.pixels,
          .compulsory_bytes = batch.bytes,
          .resident_bytes = batch.bytes + encoded + batch.images * bytes_beside_an_image,
          .amount = batch.pixels,
          .unit = "pixels"};
}

ImageCompression::Storage ImageCompression::allocate(const Params& params, Range range) {
  Storage out{geometry(params), range, 0, {}};
  out.first_byte = out.geometry.byte_of(range.begin);
  const std::int64_t bytes = range.empty() ? 0 : out.geometry.byte_of(range.end) - out.first_byte;
  out.pixels = Buffer(bytes);
  return out;
}

void ImageCompression::fill(const Params& params, Storage& storage, Range range) {
  for_each_image(storage.geometry, range, [&](std::int64_t image, Range rows) {
    photo_like_rows(params.seed, image, storage.geometry.image(image).shape, rows,
                    storage.row(image, rows.begin));
  });
}

std::vector<Piece> ImageCompression::pieces(const Params&, Storage& storage, Range range) {
  std::vector<Piece> out;
  for_each_image(storage.geometry, range, [&](std::int64_t image, Range rows) {
    const std::int64_t bytes = rows.size() * storage.geometry.image(image).shape.row_bytes();
    out.push_back(std::as_writable_bytes(
        std::span(storage.row(image, rows.begin), static_cast<std::size_t>(bytes))));
  });
  return out;
}

ImageCompression::Shared ImageCompression::prepare(const Params& params) {
  return {jpeg::EncoderTables(params.quality), geometry(params)};
}

void ImageCompression::compute(const Params& params, const Shared& shared, const Storage& storage,
                               Range range, Workspace& workspace, Partial& partial) {
  for (std::int64_t item = range.begin; item < range.end; ++item) {
    const Geometry::Place place = shared.geometry.place(item);
    const Geometry::Image& image = shared.geometry.image(place.image);
    const Range rows = image.pixel_rows(place.row);
    const std::int64_t before = partial.bytes.size();
    jpeg::encode_row({.pixels = storage.row(place.image, rows.begin),
                      .width = image.shape.width,
                      .rows = rows.size(),
                      .channels = image.shape.channels,
                      .subsampling = params.subsampling,
                      .tables = &shared.tables},
                     *workspace.scratch, partial.bytes);
    if (place.row + 1 < image.mcu_rows) partial.bytes.append(jpeg::restart_marker(place.row));
    partial.interval_bytes.push_back(partial.bytes.size() - before);
  }
}

void ImageCompression::merge(Partial& into, Partial&& from) {
  into.bytes.append(std::move(from.bytes));
  if (into.interval_bytes.empty()) {
    into.interval_bytes = std::move(from.interval_bytes);
  } else {
    into.interval_bytes.insert(into.interval_bytes.end(), from.interval_bytes.begin(),
                               from.interval_bytes.end());
  }
  from.interval_bytes.clear();
}

/// Packs counts and sizes; the encoded bytes themselves are bulk.
void ImageCompression::pack(const Partial& partial, std::vector<std::byte>& out) {
  std::vector<std::int64_t> numbers{std::ssize(partial.interval_bytes)};
  numbers.insert(numbers.end(), partial.interval_bytes.begin(), partial.interval_bytes.end());
  for (const std::span<const std::byte> chunk : partial.bytes.chunks()) {
    numbers.push_back(std::ssize(chunk));
  }
  const auto* const bytes = reinterpret_cast<const std::byte*>(numbers.data());
  out.insert(out.end(), bytes, bytes + numbers.size() * sizeof numbers[0]);
}

ImageCompression::Partial ImageCompression::unpack(std::span<const std::byte> in,
                                                   std::span<const Piece> pieces) {
  std::vector<std::int64_t> numbers(in.size() / sizeof(std::int64_t));
  if (numbers.empty()) throw Error("an encoded part arrived without its length");
  std::memcpy(numbers.data(), in.data(), numbers.size() * sizeof numbers[0]);
  const std::int64_t intervals = numbers[0];
  if (intervals < 0 || intervals >= std::ssize(numbers)) {
    throw Error("an encoded part arrived incomplete");
  }
  Partial out;
  const auto chunks = numbers.begin() + 1 + intervals;
  out.interval_bytes.assign(numbers.begin() + 1, chunks);
  if (std::accumulate(numbers.begin() + 1, chunks, std::int64_t{0}) !=
      std::accumulate(chunks, numbers.end(), std::int64_t{0})) {
    throw Error("an encoded part arrived incomplete");
  }
  for (auto chunk = chunks; chunk != numbers.end(); ++chunk) {
    if (*chunk <= 0) throw Error("an encoded part arrived with an impossible size");
    const auto i = static_cast<std::size_t>(chunk - chunks);
    if (i >= pieces.size() || pieces[i].empty()) {
      out.bytes.append_space(*chunk);
    } else if (std::ssize(pieces[i]) == *chunk) {
      out.bytes.append_view(pieces[i]);
    } else {
      throw Error("an encoded part lies in memory of another size");
    }
  }
  return out;
}

/// The lengths of intervals, and the files without their headers: how long these are depends on the
/// pixels.
PartialBytes ImageCompression::partial_bytes(const Params& params) {
  return {.each = 2 * sizeof(std::int64_t),
          .shared = sizeof(std::int64_t) * static_cast<double>(items(params)),
          .shared_fact = "bytes"};
}

std::vector<Piece> ImageCompression::bulk(Partial& partial) {
  return partial.bytes.writable_chunks();
}

ImageCompression::Result ImageCompression::finish(const Params& params, Partial&& partial) {
  const Geometry batch = geometry(params);
  const jpeg::EncoderTables tables(params.quality);
  Result out;
  out.scans = std::move(partial.bytes);
  Cutter cutter(out.scans);
  auto interval = partial.interval_bytes.begin();
  for (std::int64_t i = 0; i < batch.images(); ++i) {
    const Geometry::Image& image = batch.image(i);
    out.headers.push_back(jpeg::file_header(image.shape, params.subsampling, tables));
    File file;
    file.parts.emplace_back(out.headers.back());
    std::int64_t scan_bytes = 0;
    for (std::int64_t row = 0; row < image.mcu_rows; ++row) scan_bytes += *interval++;
    cutter.take(scan_bytes, file.parts);
    file.parts.emplace_back(jpeg::end_of_image);
    for (const std::span<const std::byte> part : file.parts) file.bytes += std::ssize(part);
    out.bytes += file.bytes;
    out.files.push_back(std::move(file));
  }
  return out;
}

std::vector<std::byte> ImageCompression::File::contiguous() const {
  std::vector<std::byte> out;
  out.reserve(static_cast<std::size_t>(bytes));
  for (const std::span<const std::byte> part : parts)
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

std::vector<Fact> ImageCompression::facts(const Params&, const Result& result) {
  FilesDigest digest;
  for (const File& file : result.files) digest.add(file);
  return digest.facts();
}

void FilesDigest::add(const ImageCompression::File& file) {
  for (int shift = 0; shift < 64; shift += 8) {
    add(static_cast<std::byte>(static_cast<std::uint64_t>(file.bytes) >> shift & 255));
  }
  for (const std::span<const std::byte> part : file.parts) {
    for (const std::byte byte : part) add(byte);
  }
  ++files_;
  bytes_ += file.bytes;
}

std::vector<Fact> FilesDigest::facts() const {
  return {{"images", fmt::format("{}", files_)},
          {"bytes", fmt::format("{}", bytes_)},
          {"digest", fmt::format("{:016x}", value_)}};
}

}  // namespace scalelaw
