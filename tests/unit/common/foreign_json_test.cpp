#include "common/foreign_json.hpp"

#include <gtest/gtest.h>

#include "support/message.hpp"

namespace scalelaw {
namespace {

/// Nested `depth` deep, lists and objects in turn.
std::string nested(std::size_t depth) {
  std::string open, close;
  for (std::size_t i = 0; i < depth; ++i) {
    open += i % 2 == 0 ? "[" : "{\"k\":";
    close.insert(0, i % 2 == 0 ? "]" : "}");
  }
  return open + (depth % 2 == 0 ? "1" : "") + close;
}

TEST(ParseForeign, ReadsWhatIsNestedAsDeepAsIsAllowed) {
  EXPECT_EQ(parse_foreign("7"), 7);
  EXPECT_EQ(parse_foreign(nested(deepest_nesting)).size(), 1U);
  EXPECT_EQ(message_of([] { (void)parse_foreign(nested(deepest_nesting + 1)); }),
            "JSON is nested 65 levels deep; the limit is 64");
}

TEST(ParseForeign, RefusesWhatWouldOverflowTheStack) {
  for (const char* open : {"[", "{\"k\":", "[{\"k\":"}) {
    std::string text;
    for (int i = 0; i < 1'000'000; ++i) text += open;
    EXPECT_THROW((void)parse_foreign(text), Error);
  }
}

TEST(ParseForeign, CountsNoBracketsOfTexts) {
  const std::string many(1000, '[');
  EXPECT_EQ(parse_foreign("\"" + many + "\""), many);
  EXPECT_EQ(parse_foreign("[\"\\\"" + many + "\"]")[0], "\"" + many)
      << "an escaped quote ends none";
  EXPECT_EQ(parse_foreign("[\"\\\\\", 1]")[0], "\\") << "an escaped backslash escapes none";
  EXPECT_EQ(parse_foreign("{\"" + many + "\": []}").size(), 1U);
}

TEST(ParseForeign, CountsDepthAndNotLength) {
  std::string flat = "[[]";
  for (int i = 0; i < 1000; ++i) flat += ",[{}]";
  EXPECT_EQ(parse_foreign(flat + "]").size(), 1001U);
}

TEST(ParseForeign, SaysWhereItIsNoJson) {
  for (const char* bad : {"", "{", "]]]]", "[1,", "nonsense", "\"open", "{\"a\":1}}"}) {
    EXPECT_NE(message_of([&] { (void)parse_foreign(bad); }).find("it is not JSON from character "),
              std::string::npos)
        << bad;
  }
  EXPECT_EQ(message_of([] { (void)parse_foreign("{\n \"a\":}\n"); }),
            "line 2: it is not JSON from character 6 on");
}

TEST(ParseForeign, SaysWhereANumberIsTooLarge) {
  EXPECT_EQ(message_of([] { (void)parse_foreign("1e999"); }),
            "the number at character 1 is too large");
  EXPECT_EQ(message_of([] { (void)parse_foreign("{\"1e999\":1e999}"); }),
            "the number at character 10 is too large");
  EXPECT_EQ(message_of([] { (void)parse_foreign("{\n  \"a\": [1, -1e400 ]\n}\n"); }),
            "line 2: the number at character 12 is too large");
}

}  // namespace
}  // namespace scalelaw
