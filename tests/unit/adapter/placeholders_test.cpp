#include "adapter/placeholders.hpp"

#include <gtest/gtest.h>

#include "common/error.hpp"
#include "support/message.hpp"

namespace scalelaw::adapter {
namespace {

using Words = std::vector<std::string>;

TEST(Placeholders, AreFoundInOrder) {
  EXPECT_EQ(placeholders_in("-n {size} x{threads}{size}"), (Words{"size", "threads", "size"}));
  EXPECT_EQ(placeholders_in("plain"), Words{});
  EXPECT_EQ(placeholders_in(""), Words{});
  EXPECT_EQ(placeholders_in("{{size}}"), Words{});
  EXPECT_EQ(placeholders_in("{{{size}}}"), Words{"size"});
}

TEST(Placeholders, AreFilled) {
  const Fillings fillings{{"size", "10"}, {"eps", "{size}"}};
  EXPECT_EQ(filled("-n{size}", fillings), "-n10");
  EXPECT_EQ(filled("{{size}} {size}", fillings), "{size} 10");
  EXPECT_EQ(filled("{eps}", fillings), "{size}");  // what fills one is not looked at again
  EXPECT_EQ(filled("awk '{{print $1}}'", fillings), "awk '{print $1}'");
  EXPECT_EQ(filled(Words{"a", "{size}"}, fillings), (Words{"a", "10"}));
  const std::string text = message_of([&] { (void)filled("{threads}", fillings); });
  EXPECT_NE(text.find("nothing fills '{threads}'"), std::string::npos) << text;
}

TEST(Placeholders, NeedTheirBraces) {
  for (const char* text : {"{size", "size}", "{", "}", "a}b", "{a b}", "{}", "{1}", "{print $1}"}) {
    EXPECT_THROW((void)placeholders_in(text), Error) << text;
  }
}

}  // namespace
}  // namespace scalelaw::adapter
