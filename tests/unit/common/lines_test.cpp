#include "common/lines.hpp"

#include <gtest/gtest.h>

namespace scalelaw {
namespace {

using Lines = std::vector<std::string>;

TEST(LinesOf, CutsATextAndLeavesEmptyLinesOut) {
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("\n\n"), Lines{});
  EXPECT_EQ(lines_of("one"), Lines{"one"});
  EXPECT_EQ(lines_of("one\n"), Lines{"one"});
  EXPECT_EQ(lines_of("\none\n\ntwo\n three "), (Lines{"one", "two", " three "}));
}

TEST(LinesOf, KeepsWhatIsInALine) {
  EXPECT_EQ(lines_of(" \n\t"), (Lines{" ", "\t"})) << "blanks are no empty line";
  EXPECT_EQ(lines_of("a\r\nb"), (Lines{"a\r", "b"}));
  const std::string zero("a\0b\nc", 5);
  EXPECT_EQ(lines_of(zero), (Lines{std::string("a\0b", 3), "c"}));
}

}  // namespace
}  // namespace scalelaw
