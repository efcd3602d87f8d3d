#pragma once

#include <string>
#include <vector>

namespace scalelaw::harness {

/// Cells of text with a header row.  Columns whose cells are all empty are not shown.
struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> left;  ///< columns that are aligned left; the others are numbers
  /// The first so many columns name a row.  Rows with equal names are numbered, "mpi #2", so that
  /// no two look alike; a table too wide for the page repeats these columns in each of its parts.
  std::size_t keys = 0;
};

/// A piece of a document: a heading, lines, a list, a table, lines, quoted lines; each may be empty.
struct Section {
  int level = 2;  ///< 1: a document's title; 2: a chapter; 3: within a chapter
  std::string heading;
  std::vector<std::string> before;
  TextTable table;
  std::vector<std::string> after;
  std::vector<std::string> verbatim{};  ///< commands and logs: never wrapped
  std::vector<std::string> list{};      ///< its items, after `before`
};

/// For a terminal: aligned columns, two blanks apart, no line wider than page_width.  Text is
/// wrapped, and a table that is still too wide is shown in parts, one below the other.
std::string as_text(const std::vector<Section>& sections);
/// The same as GitHub-flavoured Markdown.
std::string as_markdown(const std::vector<Section>& sections);

constexpr std::size_t page_width = 100;  ///< characters of a terminal's line

/// `text` cut at blanks into lines of at most `width` characters; a word longer than that is cut.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);

/// Characters as a terminal shows them: UTF-8 code points.
std::size_t display_width(const std::string& text);

}  // namespace scalelaw::harness
