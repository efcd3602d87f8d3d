#include "harness/render/layout.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace scalelaw::harness {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Layout, AlignsColumnsAndLeavesEmptyOnesOut) {
  const Section section{2,
                        "Title",
                        {"before"},
                        {{"name", "empty", "n"}, {{"a", "-", "1"}, {"bcd", "", "±10"}}, {0}},
                        {"after"}};
  EXPECT_EQ(as_text({section}),
            "Title\n  before\n  name    n\n  a       1\n  bcd   ±10\n  after\n");
  EXPECT_EQ(as_markdown({section}),
            "## Title\n\n- before\n\n| name | n |\n| --- | ---: |\n| a | 1 |\n| bcd | ±10 |\n\n- "
            "after\n");
}

TEST(Layout, NumbersRowsThatAreNamedAlike) {
  TextTable table{{"model", "n", "s"}, {{"a", "1", "x"}, {"a", "1", "y"}, {"a", "2", "x"}}, {}, 2};
  const std::string text = as_text({Section{2, "", {}, table, {}}});
  EXPECT_NE(text.find("1 #2  y"), std::string::npos) << text;
  EXPECT_EQ(text.find("2 #"), std::string::npos) << text;
}

/// Everything that a long campaign may have in one section.
Section wide_section() {
  TextTable table;
  table.header = {"a long name of a column", "state"};
  table.rows = {{std::string(300, 'x'), "not_converged, oversubscribed, busy, pretended"}};
  for (int c = 0; c < 20; ++c) {
    table.header.push_back("number " + std::to_string(c));
    table.rows[0].push_back(std::to_string(1000 + c));
  }
  table.left = {0, 1};
  table.keys = 1;
  const std::string words(400, 'w');
  return {2, "heading " + words, {"many words " + words + " and more"}, table, {words}};
}

TEST(Layout, NeverLeavesThePageAndLosesNothing) {
  const std::string text = as_text({wide_section()});
  for (const std::string& line : lines_of(text)) EXPECT_LE(display_width(line), 120U) << line;
  for (int c = 0; c < 20; ++c) {
    EXPECT_NE(text.find(std::to_string(1000 + c)), std::string::npos) << c;
  }
  EXPECT_EQ(std::count(text.begin(), text.end(), 'w'), 400 + 1 + 400 + 400) << text;
}

TEST(Layout, RepeatsTheNamesOfRowsInEachPartOfAWideTable) {
  TextTable table;
  table.header = {"name"};
  table.rows = {{"first"}, {"second"}};
  for (int c = 0; c < 30; ++c) {
    table.header.push_back("column" + std::to_string(c));
    for (auto& row : table.rows) row.push_back("1");
  }
  table.left = {0};
  table.keys = 1;
  const std::string text = as_text({Section{2, "", {}, table, {}}});
  std::size_t headers = 0, firsts = 0;
  for (const std::string& line : lines_of(text)) {
    headers += line.starts_with("  name");
    firsts += line.starts_with("  first");
    EXPECT_LE(display_width(line), page_width);
  }
  EXPECT_GT(headers, 1U);
  EXPECT_EQ(headers, firsts);
}

TEST(Layout, KeepsACellOnItsRow) {
  const TextTable table{{"reason"}, {{"two\nlines"}}, {0}};
  EXPECT_EQ(as_text({Section{2, "", {}, table, {}}}), "  reason\n  two lines\n");
  EXPECT_NE(as_markdown({Section{2, "", {}, table, {}}}).find("| two lines |"), std::string::npos);
}

TEST(Layout, QuotesWhatIsVerbatim) {
  Section section{2, "h", {}, {}, {}, {"a   b", "```"}};
  EXPECT_EQ(as_text({section}), "h\n  a   b\n  ```\n");
  EXPECT_EQ(as_markdown({section}), "## h\n\n````\na   b\n```\n````\n");
}

}  // namespace
}  // namespace scalelaw::harness
