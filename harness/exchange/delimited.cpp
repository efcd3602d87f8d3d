#include "harness/exchange/delimited.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

/// Reads a text row by row.
class FieldReader {
 public:
  FieldReader(std::string_view text, char separator) : text_(text), separator_(separator) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
  }

  std::vector<DelimitedRow> rows() {
    std::vector<DelimitedRow> out;
    while (at_ < text_.size()) {
      if (skips_line()) continue;
      out.push_back({line_, {}});
      read_row(out.back().cells);
    }
    return out;
  }

 private:
  [[nodiscard]] bool at_end_of_row() const { return at_ == text_.size() || text_[at_] == '\n'; }
  [[nodiscard]] bool at_separator() const {
    return text_[at_] == separator_ || (separator_ == ' ' && text_[at_] == '\t');
  }

  void end_line() {
    if (at_ < text_.size()) ++at_;
    ++line_;
  }

  /// Passes a line that holds nothing but white space or a comment.
  bool skips_line() {
    const auto first = text_.find_first_not_of(" \t\r", at_);
    if (first != std::string_view::npos && text_[first] != '\n' && text_[first] != '#')
      return false;
    at_ = std::min(text_.find('\n', at_), text_.size());
    end_line();
    return true;
  }

  void skip_blanks() {
    while (!at_end_of_row() && at_separator()) ++at_;
  }

  void read_row(std::vector<std::string>& cells) {
    if (separator_ == ' ') skip_blanks();
    for (;;) {
      cells.push_back(at_ < text_.size() && text_[at_] == '"' ? quoted() : plain());
      if (at_end_of_row()) break;
      ++at_;
      if (separator_ != ' ') continue;
      skip_blanks();
      if (at_end_of_row()) break;
    }
    end_line();
  }

  std::string plain() {
    const auto begin = at_;
    while (!at_end_of_row() && !at_separator()) ++at_;
    std::string cell(text_.substr(begin, at_ - begin));
    if (cell.ends_with('\r') && at_end_of_row()) cell.pop_back();
    return cell;
  }

  std::string quoted() {
    const int opened = line_;
    std::string cell;
    for (++at_;; ++at_) {
      if (at_ == text_.size()) {
        throw Error(fmt::format("line {}: a quote is opened and not closed", opened),
                    "close it, or double the quotes inside a quoted cell");
      }
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        cell += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        cell += text_[at_++];
      } else {
        break;
      }
    }
    ++at_;
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_end_of_row() || at_separator()) return cell;
    throw Error(fmt::format("line {}: text follows a quoted cell", line_),
                "double the quotes inside a quoted cell");
  }

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

std::vector<DelimitedRow> delimited_rows(const std::string& text, char separator) {
  return FieldReader(text, separator).rows();
}

char guess_separator(const std::string& text) {
  std::size_t begin = 0;
  std::string first;
  while (begin < text.size()) {
    const auto end = std::min(text.find('\n', begin), text.size());
    first = text.substr(begin, end - begin);
    begin = end + 1;
    const auto word = first.find_first_not_of(" \t\r");
    if (word != std::string::npos && first[word] != '#') break;
  }
  char best = ' ';
  std::ptrdiff_t most = 0;
  // Of as many of each, commas are more likely decimal signs.
  for (const char separator : {';', '\t', ',', '|'}) {
    const auto count = std::count(first.begin(), first.end(), separator);
    if (count <= most) continue;
    best = separator;
    most = count;
  }
  return best;
}

std::string quoted_cell(const std::string& cell) {
  const bool plain = cell.find_first_of(",\"\r\n#") == std::string::npos &&
                     (cell.empty() || (cell.front() != ' ' && cell.back() != ' '));
  if (plain) return cell;
  std::string out = "\"";
  for (const char c : cell) {
    out += c;
    if (c == '"') out += c;
  }
  return out + '"';
}

}  // namespace scalelaw::harness
