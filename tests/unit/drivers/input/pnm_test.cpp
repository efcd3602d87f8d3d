// Headers of PPM and PGM files as people and programs write them, and files that are none.
#include <gtest/gtest.h>

#include <fstream>
#include <numeric>

#include "drivers/input/image_decoder.hpp"
#include "drivers/input/image_format.hpp"
#include "support/message.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::driver {
namespace {

class Pnm : public testing::Test {
 protected:
  std::string write(const std::string& bytes) {
    std::string path = folder_ / "a.pnm";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  /// All pixels of a file with these bytes.
  std::vector<int> decoded(const std::string& bytes) {
    const std::string path = write(bytes);
    const ImageHeader header = image_header(path);
    std::vector<std::uint8_t> out(static_cast<std::size_t>(header.shape.bytes()));
    decode_rows({.path = path}, header.shape, {0, header.shape.height}, out.data());
    return {out.begin(), out.end()};
  }

  /// What is said of a file with these bytes, after its name.
  std::string refusal(const std::string& bytes) {
    const std::string path = write(bytes);
    const std::string message = message_of([&] { (void)image_header(path); });
    EXPECT_NE(message.find(path), std::string::npos) << message;
    return message;
  }

  TemporaryFolder folder_;
};

using Samples = std::vector<int>;

TEST_F(Pnm, ReadsGreyAndColour) {
  EXPECT_EQ(decoded("P5 3 2 255\nabcdef"), (Samples{'a', 'b', 'c', 'd', 'e', 'f'}));
  EXPECT_EQ(decoded("P6 1 2 255\nabcdef"), (Samples{'a', 'b', 'c', 'd', 'e', 'f'}));
  EXPECT_EQ(image_header(write("P5 3 2 255\nabcdef")).shape, (Shape{3, 2, 1}));
  EXPECT_EQ(image_header(write("P6 1 2 255\nabcdef")).shape, (Shape{1, 2, 3}));
}

TEST_F(Pnm, TakesAnyBlankAndAnyComment) {
  for (const char* header :
       {"P5 2 1 255\n", "P5\n2 1\n255\n", "P5\t2\r1\v255\f", "P5 # made by hand\n2 1 255\n",
        "P5\n# one\n# two\n2# after a number\n1\n255\n", "P5 2 1 #\n255\n", "P5 2 1 # c\r255 ",
        "P5   02   001   0255 ", "P5 2 1 255# and then the pixels\n"}) {
    EXPECT_EQ(decoded(std::string(header) + "xy"), (Samples{'x', 'y'})) << header;
  }
}

TEST_F(Pnm, TakesPixelsThatLookLikeAHeader) {
  EXPECT_EQ(decoded("P5 3 1 255\n#\n "), (Samples{'#', '\n', ' '})) << "one blank ends the header";
  EXPECT_EQ(decoded("P5 2 1 255\nxyMORE"), (Samples{'x', 'y'})) << "what follows is not read";
}

TEST_F(Pnm, ScalesToEightBits) {
  EXPECT_EQ(decoded(std::string("P5 4 1 1\n\0\1\0\1", 13)), (Samples{0, 255, 0, 255}));
  EXPECT_EQ(decoded(std::string("P5 3 1 100\n\0\x32\x64", 14)), (Samples{0, 128, 255}));
  EXPECT_EQ(decoded(std::string("P5 2 1 65535\n\0\0\xff\xff", 17)), (Samples{0, 255}));
  EXPECT_EQ(decoded(std::string("P5 2 1 256\n\1\0\0\x80", 15)), (Samples{255, 128}))
      << "above 255, two bytes a sample, the high one first";
  EXPECT_EQ(decoded("P5 1 1 100\n\xff"), Samples{255}) << "more than full is full";
}

TEST_F(Pnm, TellsATruncatedFileByItsHeader) {
  const std::string whole = "P6 4 3 255\n" + std::string(36, 'x');
  EXPECT_EQ(decoded(whole).size(), 36U);
  EXPECT_NE(refusal(whole.substr(0, whole.size() - 1)).find("truncated: 46 bytes of 47"),
            std::string::npos);
  EXPECT_NE(refusal("P5 3 1 256\nxxxxx").find("truncated: 16 bytes of 17"), std::string::npos)
      << "two bytes a sample";
  EXPECT_NE(refusal("P5 65000 65000 255\n").find("truncated"), std::string::npos);
}

}  // namespace
}  // namespace scalelaw::driver
