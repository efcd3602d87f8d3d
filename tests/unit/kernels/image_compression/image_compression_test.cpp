// The kernel's contract: the same bytes however the items are shared.
#include "kernels/image_compression/image_compression.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "common/error.hpp"
#include "common/isa.hpp"
#include "kernels/image_compression/jpeg_file.hpp"
#include "kernels/image_compression/photo_like.hpp"
#include "kernels/image_compression/reference_encoder.hpp"
#include "support/images.hpp"

namespace scalelaw {
namespace {

using K = ImageCompression;

K::Params batch() {
  K::Params params;
  params.images = 5;
  params.width = 150;
  params.height = 90;
  params.spread = 9;
  return params;
}

/// The partial of `range`, its storage covering no more than that.
K::Partial part(const K::Params& params, Range range, std::int64_t step = 1'000'000) {
  K::Storage storage = K::allocate(params, range);
  K::fill(params, storage, range);
  const K::Shared shared = K::prepare(params);
  K::Workspace workspace;
  K::Partial out;
  for (std::int64_t at = range.begin; at < range.end; at += step) {
    K::compute(params, shared, storage, {at, std::min(range.end, at + step)}, workspace, out);
  }
  return out;
}

/// What another rank makes of a partial that was sent to it.
K::Partial sent_over(K::Partial& partial) {
  std::vector<std::byte> wire;
  K::pack(partial, wire);
  K::Partial out = K::unpack(wire);
  const std::vector<Piece> from = K::bulk(partial), to = K::bulk(out);
  EXPECT_EQ(from.size(), to.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    EXPECT_EQ(from[i].size(), to[i].size());
    EXPECT_NE(from[i].data(), to[i].data());
    std::copy(from[i].begin(), from[i].end(), to[i].begin());
  }
  return out;
}

std::string digest(const K::Params& params, const K::Result& result) {
  return K::facts(params, result).back().value;
}

K::Result whole(const K::Params& params) {
  return K::finish(params, part(params, {0, K::items(params)}));
}

TEST(ImageCompression, GivesTheSameFilesForEveryPartition) {
  for (const Subsampling subsampling : {Subsampling::s444, Subsampling::s422, Subsampling::s420}) {
    K::Params params = batch();
    params.subsampling = subsampling;
    const std::string expected = digest(params, whole(params));
    const Range all{0, K::items(params)};
    ASSERT_GT(all.size(), 20);
    for (const std::int64_t parts : {2, 3, 7, 100}) {
      K::Partial sum;
      for (std::int64_t i = 0; i < parts; ++i) {
        K::Partial next = part(params, split(all, parts, i), 1 + i % 3);
        K::merge(sum, i % 2 == 0 ? std::move(next) : sent_over(next));
      }
      EXPECT_EQ(expected, digest(params, K::finish(params, std::move(sum)))) << parts;
    }
  }
}

TEST(ImageCompression, GivesTheSameFilesOnEveryInstructionSet) {
  K::Params params = batch();
  for (const std::int64_t quality : {1, 30, 75, 96, 100}) {
    for (const Subsampling subsampling :
         {Subsampling::s444, Subsampling::s422, Subsampling::s420}) {
      for (const Colour colour : {Colour::rgb, Colour::grey}) {
        params.quality = quality;
        params.subsampling = subsampling;
        params.colour = colour;
        select_isa(Isa::scalar);
        const std::string expected = digest(params, whole(params));
        for (const Isa isa : {Isa::neon, Isa::avx2, Isa::avx512}) {
          if (!supported(isa)) continue;
          select_isa(isa);
          EXPECT_EQ(expected, digest(params, whole(params))) << to_string(isa);
        }
      }
    }
  }
}

/// Rows of noise of every width, by every path, against the reference: the longest codes, runs of
/// bytes to stuff, and all edges.
TEST(ImageCompression, EveryPathMatchesTheReferenceOnNoise) {
  const Isa before = active_isa();
  for (const std::int64_t quality : {5, 60, 92, 100}) {
    const jpeg::EncoderTables tables(quality);
    for (std::int64_t width = 1; width < 140; width += 1 + width / 9) {
      for (int kind = 0; kind < 4; ++kind) {
        const std::int64_t rows = 1 + width % (kind == 2 ? 16 : 8);
        const Image image = noise_image({width, rows, kind == 3 ? 1 : 3}, 7);
        const jpeg::RowJob job{.pixels = image.pixels.data(),
                               .width = width,
                               .rows = rows,
                               .channels = image.shape.channels,
                               .subsampling = static_cast<Subsampling>(kind % 3),
                               .tables = &tables};
        const std::vector<std::byte> expected = jpeg::reference_row(job, quality);
        for (const Isa isa : {Isa::scalar, Isa::neon, Isa::avx2, Isa::avx512}) {
          if (!supported(isa)) continue;
          select_isa(isa);
          EncodedBytes out;
          const auto scratch = std::make_unique<jpeg::RowScratch>();
          jpeg::encode_row(job, *scratch, out);
          std::vector<std::byte> found;
          for (const auto chunk : out.chunks())
            found.insert(found.end(), chunk.begin(), chunk.end());
          EXPECT_EQ(expected, found)
              << to_string(isa) << " quality " << quality << " width " << width << " kind " << kind;
        }
      }
    }
  }
  select_isa(before);
}

#if defined(SCALELAW_HAS_AVX512)
/// The path for the first processors with AVX-512, which newer ones never choose.
TEST(ImageCompression, TheNarrowAvx512PathGivesTheSameBytes) {
  if (!supported(Isa::avx512)) GTEST_SKIP() << "no AVX-512 here";
  const auto bytes = [](const jpeg::RowJob& job, auto encode) {
    const auto scratch = std::make_unique<jpeg::RowScratch>();
    EncodedBytes out;
    encode(job, *scratch, out);
    std::vector<std::byte> found;
    for (const auto chunk : out.chunks()) found.insert(found.end(), chunk.begin(), chunk.end());
    return found;
  };
  for (const std::int64_t quality : {20, 75, 95, 100}) {
    const jpeg::EncoderTables tables(quality);
    for (const Subsampling subsampling :
         {Subsampling::s444, Subsampling::s422, Subsampling::s420}) {
      const Shape shape{333, 16, 3};
      Image image{shape, std::vector<std::uint8_t>(static_cast<std::size_t>(shape.bytes()))};
      photo_like_rows(1, 0, shape, {0, shape.height}, image.pixels.data());
      const jpeg::RowJob job{.pixels = image.pixels.data(),
                             .width = shape.width,
                             .rows = subsampling == Subsampling::s420 ? 16 : 8,
                             .channels = 3,
                             .subsampling = subsampling,
                             .tables = &tables};
      EXPECT_EQ(jpeg::reference_row(job, quality), bytes(job, jpeg::encode_row_avx512));
    }
  }
}
#endif

TEST(ImageCompression, VerifiesItsResultsAndFindsAWrongOne) {
  const K::Params params = batch();
  EXPECT_EQ("", K::verify(params, whole(params)));

  K::Partial damaged = part(params, {0, K::items(params)});
  const Piece last = K::bulk(damaged).back();
  last[last.size() - 20] ^= std::byte{0x10};  // inside the last MCU row, which is always checked
  EXPECT_NE("", K::verify(params, K::finish(params, std::move(damaged))));

  K::Params other = params;
  other.quality = 74;
  EXPECT_NE("", K::verify(other, whole(params)));
}

TEST(ImageCompression, RefusesADamagedMessage) {
  std::vector<std::byte> wire;
  K::pack(part(batch(), {0, 3}), wire);
  EXPECT_THROW(K::unpack(std::span(wire).first(4)), Error);
  wire[7] = std::byte{0x7f};
  EXPECT_THROW(K::unpack(wire), Error);
}

TEST(ImageCompression, CountsItemsAndWork) {
  K::Params params;
  params.width = 100;
  params.height = 50;
  params.images = 3;
  EXPECT_EQ(3 * 4, K::items(params));
  params.subsampling = Subsampling::s422;
  EXPECT_EQ(3 * 7, K::items(params));
  const Work work = K::work(params);
  EXPECT_EQ(3 * 7, work.items);
  EXPECT_EQ(3 * 5000, work.amount);
  EXPECT_EQ(9 * 5000, work.compulsory_bytes);
  params.images = 6;
  EXPECT_EQ(2 * work.operations, K::work(params).operations);
}

TEST(ImageCompression, WorkIsThatOfTheBatch) {
  for (const double spread : {1.0, 9.0}) {
    K::Params params = batch();
    params.images = 20;
    params.spread = spread;
    const Geometry geometry = K::geometry(params);
    const Work work = K::work(params);
    EXPECT_EQ(geometry.items(), work.items);
    EXPECT_EQ(static_cast<double>(geometry.pixels()), work.amount);
    EXPECT_EQ(static_cast<double>(geometry.byte_of(geometry.items())), work.compulsory_bytes);
  }
}

/// The reason is said, since a JPEG file itself has room for more.
TEST(ImageCompression, RefusesImagesThatLibjpegDoesNotRead) {
  for (const Shape& shape : {Shape{65501, 8, 3}, Shape{8, 65501, 1}, Shape{70000, 70000, 3}}) {
    K::Params generated;
    generated.width = shape.width;
    generated.height = shape.height;
    K::Params given;
    given.shapes = {{8, 8, 3}, shape};
    for (const K::Params& params : {generated, given}) {
      try {
        K::check(params);
        FAIL() << shape.width << " x " << shape.height;
      } catch (const Error& error) {
        EXPECT_NE(std::string::npos, std::string(error.hint()).find("libjpeg")) << error.hint();
      }
    }
  }
  K::Params longest;
  longest.width = longest.height = longest_side;
  EXPECT_NO_THROW(K::check(longest));
  longest.spread = 100;
  longest.images = 30;
  for (const Shape& shape : K::shapes(longest)) {
    EXPECT_LE(std::max(shape.width, shape.height), longest_side);
  }
}

/// The memory that a batch needs is known before any is taken: a list of this many images alone
/// would not fit.
TEST(ImageCompression, CountsTheWorkOfABatchThatNoMemoryHolds) {
  K::Params params;
  params.images = 1'000'000'000;
  params.width = 1000;
  params.height = 1000;
  const Work work = K::work(params);
  EXPECT_EQ(work.items, params.images * 63);
  EXPECT_EQ(work.amount, 1e15);
  EXPECT_GE(work.resident_bytes, 3.5e15);
}

/// Of a given image nothing is known but its size, and it may be noise.
TEST(ImageCompression, CountsTheEncodedBytesOfNoise) {
  for (const Shape& shape : {Shape{500, 300, 3}, Shape{500, 300, 1}}) {
    const Image image = noise_image(shape);
    for (const std::int64_t quality : {1, 10, 40, 75, 85, 92, 95, 97, 100}) {
      for (const Subsampling subsampling :
           {Subsampling::s444, Subsampling::s422, Subsampling::s420}) {
        K::Params params;
        params.shapes = {shape};
        params.quality = quality;
        params.subsampling = subsampling;
        const auto bytes = static_cast<double>(encoded(image, quality, subsampling).size());
        const Work work = K::work(params);
        EXPECT_LT(bytes, 1.05 * (work.resident_bytes - work.compulsory_bytes)) << quality;
        EXPECT_GT(work.compulsory_bytes + 1.4 * bytes, work.resident_bytes - 2000) << quality;
      }
    }
  }
}

TEST(ImageCompression, PiecesCoverTheStorageOnce) {
  const K::Params params = batch();
  const Range range{2, K::items(params) - 3};
  K::Storage storage = K::allocate(params, range);
  std::uint8_t* next = storage.pixels.as<std::uint8_t>();
  std::size_t count = 0;
  for (const Piece& piece : K::pieces(params, storage, range)) {
    EXPECT_EQ(reinterpret_cast<std::byte*>(next), piece.data());
    next += piece.size();
    ++count;
  }
  const Geometry geometry = K::geometry(params);
  EXPECT_EQ(geometry.byte_of(range.end) - geometry.byte_of(range.begin),
            next - storage.pixels.as<std::uint8_t>());
  EXPECT_EQ(5U, count);
}

TEST(ImageCompression, IndicesReachBeyond2GiB) {
  const Shape shape{65535, 65535, 3};
  const Geometry geometry(std::vector<Shape>{shape, shape}, Subsampling::s420);
  EXPECT_EQ(2 * 4096, geometry.items());
  EXPECT_EQ(2 * shape.bytes(), geometry.byte_of(geometry.items()));
  EXPECT_EQ(1, geometry.place(4096).image);
  EXPECT_EQ(shape.bytes() + 16 * shape.row_bytes(), geometry.byte_of(4097));
  EXPECT_EQ((Range{65520, 65535}), geometry.image(0).pixel_rows(4095));
}

TEST(ImageCompression, AnyRowsOfAGeneratedImageAreTheSameRows) {
  for (const std::int64_t channels : {1, 3}) {
    const Shape shape{333, 100, channels};
    std::vector<std::uint8_t> all(static_cast<std::size_t>(shape.bytes()));
    photo_like_rows(5, 2, shape, {0, 100}, all.data());
    std::vector<std::uint8_t> some(static_cast<std::size_t>(21 * shape.row_bytes()));
    photo_like_rows(5, 2, shape, {40, 61}, some.data());
    EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin() + 40 * shape.row_bytes()));
    photo_like_rows(6, 2, shape, {40, 61}, some.data());
    EXPECT_FALSE(std::equal(some.begin(), some.end(), all.begin() + 40 * shape.row_bytes()));
  }
}

/// Real photos of 0.3 to 2 megapixels take 0.5 to 1.8 bits a pixel at quality 75 (4:2:0).
TEST(ImageCompression, GeneratedImagesCompressLikePhotos) {
  K::Params params;
  params.images = 4;
  params.width = 1000;
  params.height = 800;
  const K::Result result = whole(params);
  const double bits_per_pixel = 8.0 * static_cast<double>(result.bytes) / (4 * 1000.0 * 800.0);
  EXPECT_GT(bits_per_pixel, 0.85);
  EXPECT_LT(bits_per_pixel, 1.55);
}

TEST(ImageCompression, SpreadMakesUnequalImages) {
  K::Params params = batch();
  params.images = 200;
  params.width = 400;
  params.height = 300;
  params.spread = 16;
  std::int64_t smallest = 1 << 30, largest = 0;
  for (const Shape& shape : K::shapes(params)) {
    smallest = std::min(smallest, shape.width * shape.height);
    largest = std::max(largest, shape.width * shape.height);
  }
  EXPECT_NEAR(120000.0 / 16, static_cast<double>(smallest), 2000);
  EXPECT_NEAR(120000.0 * 16, static_cast<double>(largest), 400000);
  params.spread = 0.5;
  EXPECT_THROW(K::check(params), Error);
}

}  // namespace
}  // namespace scalelaw
