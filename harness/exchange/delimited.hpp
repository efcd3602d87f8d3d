#pragma once

#include <string>
#include <vector>

namespace scalelaw::harness {

/// One row of a delimited file.
struct DelimitedRow {
  int line = 0;  ///< where it begins, from 1
  std::vector<std::string> cells{};
};

/// The rows of a delimited text (RFC 4180): cells in double quotes may hold the separator, line
/// breaks and doubled quotes.  Empty lines and lines that begin with # are left out.  `separator`: a
/// character; a blank stands for any white space.
/// Errors: throws Error with the line for a quote that is not closed, or text behind a closed one.
std::vector<DelimitedRow> delimited_rows(const std::string& text, char separator);

/// The separator of a file, by its first row: the one of comma, semicolon, tab and bar that is there
/// most often; else a blank.
char guess_separator(const std::string& text);

/// A cell for a file separated by commas: in quotes where it needs them.
std::string quoted_cell(const std::string& cell);

}  // namespace scalelaw::harness
