#include "common/regular_expression/regular_expression.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace scalelaw {
namespace {

std::vector<std::string> texts(const std::string& expression, const std::string& in) {
  std::vector<std::string> out;
  for (const auto& match : RegularExpression(expression).matches_in(in)) out.push_back(match.text);
  return out;
}

using Words = std::vector<std::string>;

TEST(RegularExpression, FindsItsFirstGroupOrAllOfTheMatch) {
  EXPECT_EQ(texts("t=([0-9.]+)", "t=1.5, t=2"), (Words{"1.5", "2"}));
  EXPECT_EQ(texts("t=[0-9]", "t=1 t=2"), (Words{"t=1", "t=2"}));
  EXPECT_EQ(texts("(a)(b)", "ab"), Words{"a"});
  EXPECT_EQ(texts("x", "none"), Words{});
}

TEST(RegularExpression, SaysWhereAndWhetherTheGroupTookPart) {
  const auto found = RegularExpression("k(?:=([0-9]))?;").matches_in("k; k=7;");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_FALSE(found[0].took_part);
  EXPECT_EQ(found[0].text, "");
  EXPECT_TRUE(found[1].took_part);
  EXPECT_EQ(found[1].begin, 5U);
}

TEST(RegularExpression, EndsWithEmptyMatches) {
  EXPECT_EQ(texts("x*", "ab").size(), 3U);
  EXPECT_EQ(texts("", "").size(), 1U);
  EXPECT_EQ(texts("(?m)^", "a\nb").size(), 2U);
}

TEST(RegularExpression, SaysWhatIsWrongWithIt) {
  EXPECT_EQ(RegularExpression("(a)(?:b)").fault(), "");
  EXPECT_EQ(RegularExpression("(a)(?:b)").groups(), 1);
  for (const char* text : {"(", "[", "*", "(?=a)"}) {
    EXPECT_NE(RegularExpression(text).fault(), "") << text;
  }
}

}  // namespace
}  // namespace scalelaw
