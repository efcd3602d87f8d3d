#pragma once

#include <string>
#include <vector>

namespace scalelaw::harness {

/// Cells of text with a header row.  Columns whose cells are all empty are not shown.
struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> left;  ///< columns that are aligned left; the others are numbers
  /// How many of the first columns name a row.  Rows with equal names are numbered, "mpi #2", so
  /// that no two look alike.  A table that is too wide for the page repeats these columns in each
  /// part.
  std::size_t keys = 0;
};

/// A part of a document: a heading, lines, a list, a table, lines, quoted lines.  Each may be empty.
struct Section {
  int level = 2;  ///< 1: a document's title; 2: a chapter; 3: within a chapter
  std::string heading;
  std::vector<std::string> before;
  TextTable table;
  std::vector<std::string> after;
  std::vector<std::string> verbatim{};  ///< commands and logs: never wrapped
  std::vector<std::string> list{};      ///< its items, after `before`
};

/// The document for a terminal: columns are aligned and two blanks apart, and no line is wider than
/// page_width.  Text is wrapped.  A table that is still too wide is shown in parts, one below
/// another.
std::string as_text(const std::vector<Section>& sections);
/// The same as GitHub-flavoured Markdown.
std::string as_markdown(const std::vector<Section>& sections);
/// The same as LaTeX to \\input: a table of booktabs for each table, with the section's heading and
/// the lines before it as its caption.
std::string as_latex(const std::vector<Section>& sections);

/// The table without empty columns, and with rows of equal names numbered.
TextTable as_shown(const TextTable& table);

constexpr std::size_t page_width = 100;  ///< characters of a terminal's line

/// `text` wrapped at blanks into lines of at most `width` characters.  A longer word is cut.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);

/// Characters as a terminal shows them: UTF-8 code points.
std::size_t display_width(const std::string& text);

}  // namespace scalelaw::harness
