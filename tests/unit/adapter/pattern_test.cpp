#include "adapter/pattern.hpp"

#include <gtest/gtest.h>

#include "common/error.hpp"
#include "support/message.hpp"

namespace scalelaw::adapter {
namespace {

using Words = std::vector<std::string>;

TEST(Pattern, FindsItsGroupOrItself) {
  EXPECT_EQ(Pattern("elapsed: ([0-9.]+) s").matches_in("elapsed: 1.5 s"), Words{"1.5"});
  EXPECT_EQ(Pattern("pi = .*").matches_in("so pi = 3.14"), Words{"pi = 3.14"});
  EXPECT_EQ(Pattern("(?:a|b)(\\d+)").matches_in("a1 b22 c3"), (Words{"1", "22"}));
  EXPECT_EQ(Pattern("t=(x)?;").matches_in("t=;"), Words{""});
  EXPECT_EQ(Pattern("(?i)Time (.*)").matches_in("TIME 2"), Words{"2"});
  EXPECT_EQ(Pattern("elapsed").matches_in("nothing"), Words{});
  EXPECT_EQ(Pattern("^a").matches_in("aaa"), Words{"a"});
  EXPECT_EQ(Pattern("x*").matches_in("ab").size(), 3U);  // empty ones do not go on forever
}

TEST(Pattern, RefusesWhatIsNone) {
  for (const char* text : {"(", "[", "a(b)(c)", "*", "(?=a)"}) {
    EXPECT_THROW(Pattern{text}, Error) << text;
  }
  const std::string many = message_of([] { Pattern("(a)(b)"); });
  EXPECT_NE(many.find("has 2 groups"), std::string::npos) << many;
}

TEST(Pattern, OfATimeSaysWhatTheTimeIs) {
  EXPECT_NO_THROW(require_time_pattern("([0-9.]+) s"));
  EXPECT_THROW(require_time_pattern("[0-9.]+ s"), Error);
}

TEST(NumberIn, TakesAWholeNumberAndNothingElse) {
  EXPECT_EQ(number_in(" 1.5e-3 "), 1.5e-3);
  EXPECT_EQ(number_in("+2"), 2);
  EXPECT_EQ(number_in("-0.5"), -0.5);
  for (const char* text : {"", " ", "x", "1 s", "1,5", "nan", "inf", "1e999", "0x10", "1.5.2"}) {
    EXPECT_THROW((void)number_in(text), Error) << text;
  }
}

}  // namespace
}  // namespace scalelaw::adapter
