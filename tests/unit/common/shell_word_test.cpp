#include "common/shell_word.hpp"

#include <gtest/gtest.h>

namespace scalelaw {
namespace {

TEST(ShellWord, IsQuotedWhereItMustBe) {
  EXPECT_EQ(shell_word("a-b_1.h5"), "a-b_1.h5");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's $x"), "'it'\\''s $x'");
  EXPECT_EQ(shell_words({"echo", "a b", "c"}), "echo 'a b' c");
}

}  // namespace
}  // namespace scalelaw
