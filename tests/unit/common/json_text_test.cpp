#include "common/json_text.hpp"

#include <gtest/gtest.h>

namespace scalelaw {
namespace {

using nlohmann::json;

TEST(JsonText, IsOneLineOrIndented) {
  const json value{{"a", {1, 2}}};
  EXPECT_EQ(serialize(value), R"({"a":[1,2]})");
  EXPECT_EQ(serialize(value, 1), "{\n \"a\": [\n  1,\n  2\n ]\n}");
}

TEST(JsonText, OfAnyBytesIsValidJson) {
  for (int byte = 1; byte < 256; ++byte) {
    const std::string name = std::string("a") + static_cast<char>(byte) + "b";
    const json value{{name, {name, 1, nullptr}}};
    const json back = json::parse(serialize(value));
    EXPECT_EQ(back.size(), 1U);
    EXPECT_EQ(back.begin().key(), back.begin().value().at(0));
  }
}

TEST(JsonText, KeepsDifferentNamesApart) {
  EXPECT_EQ(serialize(json("gr\xfcn")), R"("gr\\xfcn")");
  EXPECT_NE(serialize(json("gr\xfcn")), serialize(json("gr\xfbn")));
}

TEST(JsonText, OfATextForPeopleHasNoQuotes) {
  EXPECT_EQ(json_text(json("static")), "static");
  EXPECT_EQ(json_text(json(3)), "3");
  EXPECT_EQ(json_text(json{{"k", "\xff"}}), R"({"k":"\\xff"})");
}

}  // namespace
}  // namespace scalelaw
