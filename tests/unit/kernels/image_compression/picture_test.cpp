// The picture: our files beside those of libjpeg-turbo's accurate transform, which are the same.
#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/image_compression/photo_like.hpp"
#include "support/judge.hpp"

namespace scalelaw {
namespace {

constexpr std::array all_subsamplings = {Subsampling::s444, Subsampling::s422, Subsampling::s420};

Image photo(const Shape& shape, std::int64_t seed = 1) {
  Image out{shape, std::vector<std::uint8_t>(static_cast<std::size_t>(shape.bytes()))};
  photo_like_rows(seed, 0, shape, {0, shape.height}, out.pixels.data());
  return out;
}

/// Where the file has its density, of which libjpeg-turbo says that it is unknown.
constexpr std::ptrdiff_t density_begin = 13, density_end = 18;

/// The place of the first byte, but for the density, in which the files differ; -1 for none.
std::ptrdiff_t first_difference(const std::vector<std::byte>& ours, std::vector<std::byte> theirs) {
  if (std::ssize(theirs) < density_end || std::ssize(ours) < density_end) return 0;
  std::copy(ours.begin() + density_begin, ours.begin() + density_end,
            theirs.begin() + density_begin);
  if (ours == theirs) return -1;
  return std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end()).first - ours.begin();
}

/// Returns our file.
std::vector<std::byte> expect_libjpeg_turbos_file(const Image& image, std::int64_t quality,
                                                  Subsampling subsampling) {
  std::vector<std::byte> ours = encoded(image, quality, subsampling);
  EXPECT_EQ(-1, first_difference(ours, turbo_encoded(image, quality, subsampling)))
      << image.shape.width << "x" << image.shape.height << "x" << image.shape.channels
      << " quality " << quality << " subsampling " << to_string(subsampling);
  return ours;
}

TEST(Picture, IsLibjpegTurbosAtEveryQuality) {
  const Image image = photo({200, 150, 3});
  for (std::int64_t quality = 1; quality <= 100; ++quality) {
    for (const Subsampling subsampling : all_subsamplings) {
      expect_libjpeg_turbos_file(image, quality, subsampling);
    }
  }
}

TEST(Picture, IsLibjpegTurbosForNoiseAndGrey) {
  const Image noise = noise_image({128, 128, 3});
  const Image grey = photo({160, 120, 1});
  for (const std::int64_t quality : {1, 10, 50, 75, 85, 90, 95, 98, 100}) {
    for (const Subsampling subsampling : all_subsamplings) {
      expect_libjpeg_turbos_file(noise, quality, subsampling);
    }
    expect_libjpeg_turbos_file(grey, quality, Subsampling::s420);
  }
}

/// Coefficients of such photos lie on ties, where the least difference of arithmetic shows.
TEST(Picture, IsLibjpegTurbosForPhotosThatWereJpegFiles) {
  for (const std::int64_t first : {75, 90, 96}) {
    for (const Subsampling subsampling : all_subsamplings) {
      Image image = photo({240, 160, 3}, first);
      image.pixels =
          turbo_decoded(turbo_encoded(image, first, subsampling), image.shape, subsampling);
      for (const std::int64_t quality : {60, 75, 90, 95, 98, 100}) {
        expect_libjpeg_turbos_file(image, quality, subsampling);
      }
    }
  }
}

/// Every colour of a grid with both ends of each channel, and so every rounding of the conversion.
TEST(Picture, IsLibjpegTurbosForAllColours) {
  Image image{{512, 512, 3}, {}};
  for (int i = 0; i < 512 * 512; ++i) {
    image.pixels.push_back(static_cast<std::uint8_t>(i % 64 * 255 / 63));
    image.pixels.push_back(static_cast<std::uint8_t>(i / 64 % 64 * 255 / 63));
    image.pixels.push_back(static_cast<std::uint8_t>(i / 4096 * 255 / 63));
  }
  for (const Subsampling subsampling : all_subsamplings) {
    expect_libjpeg_turbos_file(image, 100, subsampling);
  }
}

/// Images whose blocks reach the ends of every range: black, white, and the sign pattern of each
/// basis function in full contrast.
TEST(Picture, IsLibjpegTurbosForTheLargestCoefficients) {
  for (int basis = 0; basis < 66; ++basis) {
    Image image{{16, 16, 1}, std::vector<std::uint8_t>(256)};
    for (int i = 0; i < 256; ++i) {
      const double x = i % 16 % 8, y = i / 16 % 8;
      const double wave = std::cos((2 * x + 1) * (basis % 8) * M_PI / 16) *
                          std::cos((2 * y + 1) * (basis / 8 % 8) * M_PI / 16);
      image.pixels[static_cast<std::size_t>(i)] = basis == 64   ? 0
                                                  : basis == 65 ? 255
                                                  : wave > 0    ? 255
                                                                : 0;
    }
    for (const std::int64_t quality : {1, 75, 100}) {
      expect_libjpeg_turbos_file(image, quality, Subsampling::s444);
    }
  }
}

/// 400 sizes, colours, subsamplings and qualities, each decoded as well.
TEST(Picture, IsLibjpegTurbosInFourHundredCombinationsAndDecodes) {
  constexpr std::array<std::int64_t, 10> sizes = {1, 2, 7, 8, 9, 15, 16, 17, 65, 130};
  int done = 0;
  for (const std::int64_t width : sizes) {
    for (const std::int64_t height : sizes) {
      for (int kind = 0; kind < 4; ++kind, ++done) {
        const Shape shape{width, height, kind == 3 ? 1 : 3};
        const Subsampling subsampling = all_subsamplings[static_cast<std::size_t>(kind % 3)];
        const std::int64_t quality = 1 + done * 37 % 100;
        const Image image = done % 5 == 0 ? noise_image(shape) : photo(shape);
        turbo_decoded(expect_libjpeg_turbos_file(image, quality, subsampling), shape, subsampling);
      }
    }
  }
  EXPECT_EQ(400, done);
}

/// The judge decodes what it is given: at quality 100 little is lost, at 5 much.
TEST(Picture, IsTheImage) {
  const Image image = photo({200, 150, 3});
  const auto found = [&](std::int64_t quality) {
    return psnr(image.pixels, turbo_decoded(encoded(image, quality, Subsampling::s444), image.shape,
                                            Subsampling::s444));
  };
  EXPECT_GT(found(100), 45);
  EXPECT_LT(found(5), 35);
  EXPECT_GT(found(5), 20);
}

TEST(Picture, DifferencesAreFound) {
  const Image image = photo({64, 64, 3});
  const std::vector<std::byte> theirs = turbo_encoded(image, 75, Subsampling::s420);
  EXPECT_NE(-1, first_difference(encoded(image, 76, Subsampling::s420), theirs));
  std::vector<std::byte> longer = theirs;
  longer.push_back(std::byte{0});
  EXPECT_EQ(std::ssize(theirs), first_difference(longer, theirs));
}

}  // namespace
}  // namespace scalelaw
