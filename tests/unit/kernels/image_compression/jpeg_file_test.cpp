#include "kernels/image_compression/jpeg_file.hpp"

#include <gtest/gtest.h>

#include "kernels/image_compression/arithmetic.hpp"
#include "kernels/image_compression/encoder_tables.hpp"
#include "kernels/image_compression/standard_tables.hpp"

namespace scalelaw::jpeg {
namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> out;
  for (const int value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

TEST(JpegFile, HeaderSaysWhatTheImageIs) {
  const std::vector<std::byte> header =
      file_header({300, 200, 3}, Subsampling::s420, EncoderTables(75));
  const auto app0 =
      bytes({0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 1, 0, 72, 0, 72, 0, 0});
  EXPECT_TRUE(std::equal(app0.begin(), app0.end(), header.begin()));
  const auto sof =
      bytes({0xff, 0xc0, 0, 17, 8, 0, 200, 1, 44, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1});
  EXPECT_NE(header.end(), std::search(header.begin(), header.end(), sof.begin(), sof.end()));
  const auto dri = bytes({0xff, 0xdd, 0, 4, 0, 19});
  EXPECT_NE(header.end(), std::search(header.begin(), header.end(), dri.begin(), dri.end()));
}

TEST(JpegFile, ScanIsCutAtItsMarkers) {
  const auto scan = bytes({1, 0xff, 0, 2, 0xff, 0xd0, 3, 0xff, 0xd1, 4, 0xff, 0xd9});
  const ScanIntervals found = split_scan(scan);
  EXPECT_EQ("", found.fault);
  ASSERT_EQ(3U, found.intervals.size());
  EXPECT_EQ(4U, found.intervals[0].size());
}

TEST(JpegFile, FaultsOfAScanAreFound) {
  EXPECT_NE("", split_scan(bytes({1, 2, 3})).fault);
  EXPECT_NE("", split_scan(bytes({1, 0xff, 0xd1, 2, 0xff, 0xd9})).fault);  // the first is d0
  EXPECT_NE("", split_scan(bytes({1, 0xff, 0xc4, 2, 0xff, 0xd9})).fault);
  EXPECT_NE("", split_scan(bytes({1, 0xff, 0xd9, 2})).fault);
}

TEST(StandardTables, ScaleAsTheIndependentJpegGroupDoes) {
  EXPECT_EQ(16, quantiser_steps(0, 50)[0]);
  EXPECT_EQ(8, quantiser_steps(0, 75)[0]);
  EXPECT_EQ(1, quantiser_steps(0, 100)[63]);
  EXPECT_EQ(255, quantiser_steps(1, 1)[63]);
  EXPECT_EQ(99, quantiser_steps(0, 50)[63]);
}

/// The two multiplications of a Quantiser are an exact division, halves away from zero, of every
/// value that can occur.
TEST(Quantiser, DividesExactly) {
  for (const std::int64_t quality : {1, 10, 25, 50, 75, 90, 95, 100}) {
    const EncoderTables tables(quality);
    for (std::size_t k = 0; k < 64; ++k) {
      const std::size_t place = zigzag[k];
      const std::int32_t factor = tables.quantiser[0].factor[place];
      const std::int32_t scale = tables.quantiser[0].scale[place];
      const std::int32_t divisor =
          static_cast<std::int32_t>(coefficient_scale) * tables.steps[0][k];
      for (std::int32_t value = 0; value < 16384; ++value) {
        const std::int32_t expected = (value + divisor / 2) / divisor;
        const auto divided = [&](std::int32_t x) {
          return ((x * factor >> 16) * scale + 0x4000) >> 15;
        };
        ASSERT_EQ(expected, divided(value)) << "by " << divisor;
        ASSERT_EQ(-expected, divided(-value)) << -value << " by " << divisor;
      }
    }
  }
}

TEST(StandardTables, CodesAreThoseOfTheStandard) {
  const HuffmanCodes dc = huffman_codes(huffman_dc(0));  // table K.3
  EXPECT_EQ(2, dc.length[0]);
  EXPECT_EQ(0b1110, dc.code[6]);
  EXPECT_EQ(9, dc.length[11]);
  const HuffmanCodes ac = huffman_codes(huffman_ac(0));  // table K.5
  EXPECT_EQ(0b1010, ac.code[0x00]);
  EXPECT_EQ(4, ac.length[0x00]);
  EXPECT_EQ(0b11111111001, ac.code[0xf0]);
  EXPECT_EQ(11, ac.length[0xf0]);
  EXPECT_EQ(0, ac.length[0x0b]);
}

}  // namespace
}  // namespace scalelaw::jpeg
