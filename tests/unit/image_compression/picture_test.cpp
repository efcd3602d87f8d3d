// The picture: what libjpeg-turbo sees in our files, beside its own.
#include <gtest/gtest.h>

#include "judge.hpp"
#include "kernels/image_compression/photo_like.hpp"

namespace scalelaw {
namespace {

constexpr std::array all_subsamplings = {Subsampling::s444, Subsampling::s422, Subsampling::s420};

Image photo(const Shape& shape, std::int64_t seed = 1) {
  Image out{shape, std::vector<std::uint8_t>(static_cast<std::size_t>(shape.bytes()))};
  photo_like_rows(seed, 0, shape, {0, shape.height}, out.pixels.data());
  return out;
}

/// Our PSNR less libjpeg-turbo's, and the sizes.
struct Comparison {
  double psnr_gain = 0;
  double our_bytes = 0;
  double their_bytes = 0;
  [[nodiscard]] double size_ratio() const { return our_bytes / their_bytes; }
};

Comparison compared(const Image& image, std::int64_t quality, Subsampling subsampling) {
  const std::vector<std::byte> ours = encoded(image, quality, subsampling);
  const std::vector<std::byte> theirs = turbo_encoded(image, quality, subsampling);
  return {psnr(image.pixels, turbo_decoded(ours, image.shape, subsampling)) -
              psnr(image.pixels, turbo_decoded(theirs, image.shape, subsampling)),
          static_cast<double>(ours.size()), static_cast<double>(theirs.size())};
}

void expect_as_good(const Image& image, std::int64_t quality, Subsampling subsampling) {
  SCOPED_TRACE(testing::Message() << image.shape.width << "x" << image.shape.height << "x"
                                  << image.shape.channels << " quality " << quality
                                  << " subsampling " << to_string(subsampling));
  const Comparison found = compared(image, quality, subsampling);
  EXPECT_GT(found.psnr_gain, -0.05);
  EXPECT_LT(found.size_ratio(), 1.003);
}

TEST(Picture, IsAsGoodAndAsSmallAsLibjpegTurbosAtEveryQuality) {
  const Image image = photo({200, 150, 3});
  for (std::int64_t quality = 1; quality <= 100; ++quality) {
    expect_as_good(image, quality, all_subsamplings[static_cast<std::size_t>(quality % 3)]);
  }
}

TEST(Picture, HoldsForNoiseAndGrey) {
  const Image noise = noise_image({128, 128, 3});
  const Image grey = photo({160, 120, 1});
  for (const std::int64_t quality : {1, 10, 50, 75, 85, 90, 95, 98, 100}) {
    for (const Subsampling subsampling : all_subsamplings) {
      expect_as_good(noise, quality, subsampling);
    }
    expect_as_good(grey, quality, Subsampling::s420);
  }
}

TEST(Picture, HoldsForPhotosThatWereJpegFiles) {
  for (const std::int64_t first : {75, 90, 96}) {
    for (const Subsampling subsampling : all_subsamplings) {
      Image image = photo({240, 160, 3}, first);
      image.pixels =
          turbo_decoded(turbo_encoded(image, first, subsampling), image.shape, subsampling);
      for (const std::int64_t quality : {60, 85, 92, 95, 98, 100}) {
        SCOPED_TRACE(testing::Message() << first << " then " << quality);
        const Comparison found = compared(image, quality, subsampling);
        EXPECT_GT(found.psnr_gain, quality > 90 ? -0.3 : -0.05);
        EXPECT_LT(found.size_ratio(), 1.003);
      }
    }
  }
}

/// Images whose blocks reach the ends of every range: black, white, and the sign pattern of each
/// basis function in full contrast.
TEST(Picture, SurvivesTheLargestCoefficients) {
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
      const double ours =
          psnr(image.pixels, turbo_decoded(encoded(image, quality, Subsampling::s444), image.shape,
                                           Subsampling::s444));
      const double theirs =
          psnr(image.pixels, turbo_decoded(turbo_encoded(image, quality, Subsampling::s444),
                                           image.shape, Subsampling::s444));
      EXPECT_GT(ours, std::min(theirs, 60.0) - 0.05) << "basis " << basis << " quality " << quality;
    }
  }
}

/// What an image of this size may lose beside libjpeg-turbo.  From 1024 pixels on it is what holds
/// for any image.  In smaller ones a single coefficient that falls on the other side of a tie is
/// worth more, the other way about as often: a coefficient of an image of two pixels is worth 2.5
/// dB.
double psnr_allowance(std::int64_t pixels) {
  return pixels >= 1024 ? 0.05 : pixels >= 256 ? 0.15 : 2.6;
}

/// 400 sizes, colours, subsamplings and qualities, each decoded and compared with the source.
TEST(Picture, FourHundredCombinationsDecode) {
  constexpr std::array<std::int64_t, 10> sizes = {1, 2, 7, 8, 9, 15, 16, 17, 65, 130};
  constexpr std::int64_t one_coefficient = 5;  // bytes
  int done = 0;
  double gains = 0, our_bytes = 0, their_bytes = 0;
  for (const std::int64_t width : sizes) {
    for (const std::int64_t height : sizes) {
      for (int kind = 0; kind < 4; ++kind, ++done) {
        const Shape shape{width, height, kind == 3 ? 1 : 3};
        const Subsampling subsampling = all_subsamplings[static_cast<std::size_t>(kind % 3)];
        const std::int64_t quality = 1 + done * 37 % 100;
        const Image image = done % 5 == 0 ? noise_image(shape) : photo(shape);
        SCOPED_TRACE(testing::Message()
                     << width << "x" << height << " kind " << kind << " quality " << quality);
        const Comparison found = compared(image, quality, subsampling);
        EXPECT_GT(found.psnr_gain, -psnr_allowance(width * height));
        EXPECT_LE(found.our_bytes, 1.003 * found.their_bytes + one_coefficient);
        gains += found.psnr_gain;
        our_bytes += found.our_bytes;
        their_bytes += found.their_bytes;
      }
    }
  }
  EXPECT_EQ(400, done);
  EXPECT_GT(gains / done, -0.01);  // so small images lose and gain alike
  EXPECT_LT(our_bytes, 1.003 * their_bytes);
}

}  // namespace
}  // namespace scalelaw
