#pragma once

#include <string>
#include <vector>

namespace scalelaw {

/// Cells of text with a header row.  Columns whose cells are all empty are not shown.
struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> left;  ///< columns that are aligned left; the others are numbers
};

/// A piece of a document: a heading, lines, a table, lines; each may be empty.
struct Section {
  int level = 2;  ///< 1: a document's title; 2: a chapter; 3: within a chapter
  std::string heading;
  std::vector<std::string> before;
  TextTable table;
  std::vector<std::string> after;
};

/// For a terminal: aligned columns, two blanks apart.
std::string as_text(const std::vector<Section>& sections);
/// The same as GitHub-flavoured Markdown.
std::string as_markdown(const std::vector<Section>& sections);

/// Characters as a terminal shows them: UTF-8 code points.
std::size_t display_width(const std::string& text);

}  // namespace scalelaw
