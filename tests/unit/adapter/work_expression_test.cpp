#include "adapter/work_expression.hpp"

#include <gtest/gtest.h>

#include "common/error.hpp"
#include "support/message.hpp"

namespace scalelaw::adapter {
namespace {

TEST(WorkExpression, IsEvaluatedWithItsNames) {
  EXPECT_EQ(evaluate("size^2", {{"size", 3}}), 9);
  EXPECT_DOUBLE_EQ(evaluate("size * log2(size)", {{"size", 8}}), 24);
  EXPECT_EQ(evaluate("5 * size * steps", {{"size", 2}, {"steps", 10}}), 100);
  EXPECT_EQ(names_in_expression("a * size + sqrt(b)"),
            (std::vector<std::string>{"a", "b", "size"}));
  EXPECT_EQ(names_in_expression("3"), std::vector<std::string>{});
}

TEST(WorkExpression, IsRefusedWithWhatIsWrong) {
  EXPECT_THROW((void)names_in_expression("size ^"), Error);
  EXPECT_THROW((void)names_in_expression("size size"), Error);
  EXPECT_THROW((void)evaluate("size * m", {{"size", 2}}), Error);
  const std::string none = message_of([] { (void)evaluate("size - 2", {{"size", 2}}); });
  EXPECT_NE(none.find("is 0, and an amount of work is finite and above 0"), std::string::npos)
      << none;
  EXPECT_THROW((void)evaluate("1 / (size - 2)", {{"size", 2}}), Error);
}

}  // namespace
}  // namespace scalelaw::adapter
