#include "harness/launch/host_check.hpp"

#include <gtest/gtest.h>

namespace scalelaw::harness {
namespace {

TEST(FirstParagraph, IsWhatMattersOfALongComplaint) {
  EXPECT_EQ(first_paragraph("\n-----\nThe value of the parameter\nis wrong:\n\n  x\n-----\n"),
            "The value of the parameter is wrong:");
  EXPECT_EQ(first_paragraph("ssh: no such host\r\n----\nORTE was unable\n"), "ssh: no such host");
  EXPECT_EQ(first_paragraph(""), "");
  EXPECT_EQ(first_paragraph("--option was given\n"), "--option was given");
  EXPECT_EQ(first_paragraph(std::string(1000, 'x')).size(), 304U);
}

}  // namespace
}  // namespace scalelaw::harness
