#include "common/utf8.hpp"

#include <gtest/gtest.h>

namespace scalelaw {
namespace {

TEST(Utf8, ValidTextStaysAsItIs) {
  for (const char* text : {"", "plain", "gr\u00fcn", "\u20ac", "\U0001f600", "line\n\ttab"}) {
    EXPECT_EQ(escape_invalid_utf8(text), text);
  }
}

TEST(Utf8, BytesThatAreNotUtf8AreShown) {
  EXPECT_EQ(escape_invalid_utf8("gr\xfcn.ppm"), "gr\\xfcn.ppm");        // Latin-1
  EXPECT_EQ(escape_invalid_utf8("\x93\xfa\x96{"), "\\x93\\xfa\\x96{");  // Shift JIS
  EXPECT_EQ(escape_invalid_utf8("cut \xe2\x82"), "cut \\xe2\\x82");
  EXPECT_EQ(escape_invalid_utf8("\xc3(\xc3\xbc"), "\\xc3(\u00fc");
}

TEST(Utf8, OverlongSurrogateAndTooLargeSequencesAreNotValid) {
  EXPECT_EQ(escape_invalid_utf8("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(escape_invalid_utf8("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");
  EXPECT_EQ(escape_invalid_utf8("\xf0\x80\x80\xaf"), "\\xf0\\x80\\x80\\xaf");
  EXPECT_EQ(escape_invalid_utf8("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(escape_invalid_utf8("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

}  // namespace
}  // namespace scalelaw
