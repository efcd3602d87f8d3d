// Colours of a terminal: which words get one, and that nothing else changes.
#include "harness/render/ink.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace scalelaw::harness {
namespace {

TEST(Ink, MakesHeadingsBold) {
  EXPECT_EQ(inked("Scaling of 'x'\n  text\n"), "\033[1mScaling of 'x'\033[0m\n  text\n");
}

TEST(Ink, ShowsHowGoodANumberIs) {
  EXPECT_EQ(inked("  converged  1.0"), "  \033[32mconverged\033[0m  1.0");
  EXPECT_EQ(inked("  not_converged, busy"), "  \033[33mnot_converged\033[0m, \033[33mbusy\033[0m");
  EXPECT_EQ(inked("  crashed"), "  \033[31mcrashed\033[0m");
  EXPECT_EQ(inked("  slower"), "  \033[31mslower\033[0m");
}

TEST(Ink, LeavesWordsWithinWordsAlone) {
  EXPECT_EQ(inked("  busyness unconverged ok"), "  busyness unconverged ok");
}

TEST(Ink, AddsOnlyEscapeSequences) {
  const std::string text = "Title\n\n  a  converged  ±1 %\n  - b (marked: busy)\nEnd";
  const std::regex escape("\033\\[[0-9]*m");
  EXPECT_NE(inked(text), text);
  EXPECT_EQ(std::regex_replace(inked(text), escape, ""), text);
}

}  // namespace
}  // namespace scalelaw::harness
