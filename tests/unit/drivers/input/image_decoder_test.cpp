// Decoding: any rows of any format, on their own or from the bytes in memory.
#include "drivers/input/image_decoder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include "common/error.hpp"
#include "support/judge.hpp"
#include "support/png.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::driver {
namespace {

using Text = std::string;

Text pnm_of(const Image& image, int largest) {
  Text out = image.shape.channels == 3 ? "P6 " : "P5 ";
  out += std::to_string(image.shape.width) + " " + std::to_string(image.shape.height) + " " +
         std::to_string(largest) + "\n";
  out.append(image.pixels.begin(), image.pixels.end());
  return out;
}

Text jpeg_of(const Image& image) {
  const std::vector<std::byte> bytes = turbo_encoded(image, 90, Subsampling::s420);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A file of every kind that is decoded in its own way, 37 x 29 pixels.
std::map<std::string, Text> files_of(std::int64_t channels) {
  const Image image = noise_image({37, 29, channels});
  const Image wide = noise_image({37, 29 * 2, channels});  // two bytes a sample
  Image deep{{37, 29, channels}, wide.pixels};
  return {{"plain.png", png_of(image, 8, false)}, {"interlaced.png", png_of(image, 8, true)},
          {"deep.png", png_of(deep, 16, false)},  {"both.png", png_of(deep, 16, true)},
          {"plain.pnm", pnm_of(image, 255)},      {"narrow.pnm", pnm_of(image, 200)},
          {"deep.pnm", pnm_of(deep, 65535)},      {"photo.jpg", jpeg_of(image)}};
}

class ImageDecoder : public testing::Test {
 protected:
  std::string write(const std::string& name, const Text& bytes) {
    std::string path = (folder_.path() / name).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  TemporaryFolder folder_;
};

/// With guards on either side of the rows.
std::vector<std::uint8_t> decoded(const ImageFile& file, const Shape& shape, Range rows) {
  constexpr std::ptrdiff_t guard = 64;
  std::vector<std::uint8_t> out(
      static_cast<std::size_t>(rows.size() * shape.row_bytes() + 2 * guard), 0xa5);
  decode_rows(file, shape, rows, out.data() + guard);
  const auto untouched = [](auto begin, auto end) {
    return std::all_of(begin, end, [](std::uint8_t byte) { return byte == 0xa5; });
  };
  EXPECT_TRUE(untouched(out.begin(), out.begin() + guard));
  EXPECT_TRUE(untouched(out.end() - guard, out.end()));
  return {out.begin() + guard, out.end() - guard};
}

TEST_F(ImageDecoder, GivesAnyRowsOfAnyFile) {
  for (const std::int64_t channels : {1, 3}) {
    for (const auto& [name, bytes] : files_of(channels)) {
      const std::string path = write(name, bytes);
      const Shape shape = image_header(path).shape;
      ASSERT_EQ((Shape{37, 29, channels}), shape) << name;
      const auto* const data = reinterpret_cast<const std::byte*>(bytes.data());
      const std::vector<std::byte> in_memory(data, data + bytes.size());
      for (const std::int64_t wanted : {channels, std::int64_t{1}, std::int64_t{3}}) {
        const Shape as{shape.width, shape.height, wanted};
        const std::vector<std::uint8_t> all = decoded({path}, as, {0, 29});
        EXPECT_EQ(all, decoded({path, &in_memory}, as, {0, 29})) << name;
        for (const Range rows : {Range{0, 1}, Range{3, 20}, Range{28, 29}, Range{29, 29}}) {
          const std::vector<std::uint8_t> expected(all.begin() + rows.begin * as.row_bytes(),
                                                   all.begin() + rows.end * as.row_bytes());
          EXPECT_EQ(expected, decoded({path}, as, rows)) << name << " from " << rows.begin;
        }
      }
    }
  }
}

/// Rank by rank, or as a check that keeps nothing, the last rows tell that a file is cut.
TEST_F(ImageDecoder, FindsACutFileByItsLastRows) {
  for (const auto& [name, bytes] : files_of(3)) {
    const std::string path = write(name, bytes.substr(0, bytes.size() - 60));
    for (const Range rows : {Range{20, 29}, Range{29, 29}}) {
      try {
        const Shape shape = image_header(path).shape;
        decoded({path}, shape, rows);
        ADD_FAILURE() << name;
      } catch (const Error& error) {
        EXPECT_NE(std::string::npos, std::string(error.what()).find(path)) << error.what();
        EXPECT_NE("", error.hint());
      }
    }
  }
}

TEST_F(ImageDecoder, RoundsSixteenBitsToTheNearest) {
  const Shape shape{256, 256, 1};
  Image image{shape, {}};
  for (int value = 0; value < 65536; ++value) {
    image.pixels.push_back(static_cast<std::uint8_t>(value & 255));  // as the machine has them
    image.pixels.push_back(static_cast<std::uint8_t>(value >> 8));
  }
  const std::string path = write("all.png", png_of(image, 16, false));
  const std::vector<std::uint8_t> found = decoded({path}, shape, {0, 256});
  for (std::size_t value = 0; value < 65536; ++value) {
    ASSERT_EQ(static_cast<int>(std::lround(static_cast<double>(value) / 257)), found[value])
        << value;
  }
}

}  // namespace
}  // namespace scalelaw::driver
