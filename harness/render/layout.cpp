#include "harness/render/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace scalelaw::harness {
namespace {

/// The first whole characters of `text` that fit in `width` columns.
std::string prefix_of(const std::string& text, std::size_t width) {
  std::size_t end = 0, shown = 0;
  while (end < text.size()) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (begins && shown++ == width) break;
    ++end;
  }
  return text.substr(0, end);
}

bool is_left(const TextTable& table, std::size_t column) {
  return std::find(table.left.begin(), table.left.end(), column) != table.left.end();
}

/// The table with only some of its columns, which must be given in ascending order.
TextTable with_columns(const TextTable& table, const std::vector<std::size_t>& columns) {
  const auto pick = [&](const std::vector<std::string>& row) {
    std::vector<std::string> cells;
    for (const std::size_t c : columns) cells.push_back(row[c]);
    return cells;
  };
  TextTable out;
  out.header = pick(table.header);
  for (const auto& row : table.rows) out.rows.push_back(pick(row));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] < table.keys) ++out.keys;
    if (is_left(table, columns[i])) out.left.push_back(i);
  }
  return out;
}

/// The table without empty columns.
TextTable without_empty_columns(const TextTable& table) {
  std::vector<std::size_t> kept;
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    const bool empty = std::all_of(table.rows.begin(), table.rows.end(), [&](const auto& row) {
      return row[c].empty() || row[c] == "-";
    });
    if (!empty) kept.push_back(c);
  }
  return with_columns(table, kept);
}

std::string padded(const std::string& text, std::size_t width, bool left) {
  const std::string blanks(width - std::min(width, display_width(text)), ' ');
  return left ? text + blanks : blanks + text;
}

std::string line_of(const TextTable& table, const std::vector<std::string>& cells,
                    const std::vector<std::size_t>& widths) {
  std::string line = "  ";
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (c > 0) line += "  ";
    line += padded(cells[c], widths[c], is_left(table, c));
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

constexpr std::size_t narrowest_text = 24;

/// Numbers the rows whose names equal those of an earlier row, in the last column of the name.
TextTable with_twins_numbered(TextTable table) {
  if (table.keys == 0) return table;
  std::map<std::vector<std::string>, int> seen;
  for (auto& row : table.rows) {
    const auto end = row.begin() + static_cast<std::ptrdiff_t>(table.keys);
    const int times = ++seen[{row.begin(), end}];
    if (times > 1) row[table.keys - 1] += fmt::format(" #{}", times);
  }
  return table;
}

std::vector<std::size_t> widths_of(const TextTable& table) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    widths.push_back(display_width(table.header[c]));
    for (const auto& row : table.rows) widths[c] = std::max(widths[c], display_width(row[c]));
  }
  return widths;
}

std::size_t total_of(const std::vector<std::size_t>& widths) {
  std::size_t total = 0;
  for (const std::size_t width : widths) total += width + 2;
  return total;
}

/// The column widths at which the table fits the page, if there are any.  Text columns are
/// narrowed, the widest first, as long as text stays readable.
std::vector<std::size_t> widths_that_fit(const TextTable& table) {
  std::vector<std::size_t> widths = widths_of(table);
  while (total_of(widths) > page_width) {
    std::size_t widest = widths.size();
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (!is_left(table, c) || widths[c] <= narrowest_text) continue;
      if (widest == widths.size() || widths[c] > widths[widest]) widest = c;
    }
    if (widest == widths.size()) break;
    --widths[widest];
  }
  return widths;
}

/// The table; where it is too wide, several tables with the columns that fit the page.  Each begins
/// with the columns that name the rows.
std::vector<TextTable> parts_of(const TextTable& table) {
  const std::vector<std::size_t> widths = widths_that_fit(table);
  if (total_of(widths) <= page_width) return {table};
  std::vector<std::size_t> keys;
  for (std::size_t c = 0; c < table.keys; ++c) keys.push_back(c);
  std::vector<TextTable> parts;
  for (std::size_t c = table.keys; c < widths.size();) {
    std::vector<std::size_t> columns = keys;
    std::size_t total =
        total_of({widths.begin(), widths.begin() + static_cast<std::ptrdiff_t>(table.keys)});
    do {
      total += widths[c] + 2;
      columns.push_back(c++);
    } while (c < widths.size() && total + widths[c] + 2 <= page_width);
    parts.push_back(with_columns(table, columns));
  }
  return parts;
}

/// Wraps the columns of text so that the table fits the page.
TextTable fitted(TextTable table) {
  const std::vector<std::size_t> widths = widths_that_fit(table);
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : table.rows) {
    const std::size_t first = rows.size();
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::vector<std::string> lines = wrapped(row[c], widths[c]);
      while (rows.size() < first + lines.size()) rows.emplace_back(row.size());
      for (std::size_t i = 0; i < lines.size(); ++i) rows[first + i][c] = lines[i];
    }
  }
  table.rows = std::move(rows);
  return table;
}

std::string table_as_text(const TextTable& raw) {
  std::string out;
  for (const TextTable& part : parts_of(with_twins_numbered(without_empty_columns(raw)))) {
    const TextTable table = fitted(part);
    const std::vector<std::size_t> widths = widths_of(table);
    if (!out.empty()) out += "\n";
    out += line_of(table, table.header, widths);
    for (const auto& row : table.rows) out += line_of(table, row, widths);
  }
  return out;
}

/// A line of prose, indented by two blanks and wrapped to the page.
std::string prose(const std::string& text, std::size_t indent) {
  std::string out;
  for (const std::string& line : wrapped(text, page_width - indent - 2)) {
    out += std::string(indent + (out.empty() ? 0 : 2), ' ') + line + "\n";
  }
  return out;
}

std::string table_as_markdown(const TextTable& raw) {
  const TextTable table = as_shown(raw);
  const auto line = [](const std::vector<std::string>& cells) {
    std::string out = "|";
    for (const std::string& cell : cells) {
      out += ' ';
      for (const char c : cell) {
        if (c == '|') out += '\\';
        out += c == '\n' || c == '\r' ? ' ' : c;
      }
      out += " |";
    }
    return out + "\n";
  };
  std::string out = line(table.header) + "|";
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    out += is_left(table, c) ? " --- |" : " ---: |";
  }
  out += "\n";
  for (const auto& row : table.rows) out += line(row);
  return out;
}

/// Enough backquotes that no quoted line ends the quotation.
std::string fence_of(const std::vector<std::string>& lines) {
  std::string fence = "```";
  const auto in_a_line = [&](const std::string& line) {
    return line.find(fence) != std::string::npos;
  };
  while (std::any_of(lines.begin(), lines.end(), in_a_line)) fence += '`';
  return fence;
}

/// The words of a text.  A per cent sign stays with its number.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream in(text);
  for (std::string word; in >> word;) {
    if (word.starts_with('%') && !words.empty()) {
      words.back() += " " + word;
    } else {
      words.push_back(word);
    }
  }
  return words;
}

}  // namespace

TextTable as_shown(const TextTable& table) {
  return with_twins_numbered(without_empty_columns(table));
}

std::size_t display_width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  const bool one_line = text.find_first_of("\n\r\t") == std::string::npos;
  if (one_line && display_width(text) <= width) return {text};
  std::vector<std::string> lines{""};
  for (std::string word : words_of(text)) {
    if (!lines.back().empty() && display_width(lines.back()) + 1 + display_width(word) > width) {
      lines.emplace_back();
    }
    for (; display_width(word) > width; word.erase(0, prefix_of(word, width).size())) {
      lines.back() = prefix_of(word, width);
      lines.emplace_back();
    }
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

std::string as_text(const std::vector<Section>& sections) {
  std::string out;
  for (const Section& section : sections) {
    if (!out.empty() && section.level < 3) out += "\n";
    if (!section.heading.empty()) out += prose(section.heading, section.level == 3 ? 2 : 0);
    for (const std::string& line : section.before) out += prose(line, 2);
    for (const std::string& item : section.list) out += prose("- " + item, 2);
    if (!section.table.rows.empty()) out += table_as_text(section.table);
    for (const std::string& line : section.after) out += prose(line, 2);
    for (const std::string& line : section.verbatim) out += "  " + line + "\n";
  }
  return out;
}

std::string as_markdown(const std::vector<Section>& sections) {
  std::string out;
  const auto lines = [&](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) out += "- " + text + "\n";
    if (!texts.empty()) out += "\n";
  };
  for (const Section& section : sections) {
    if (!section.heading.empty()) {
      out += std::string(static_cast<std::size_t>(section.level), '#') + " " + section.heading +
             "\n\n";
    }
    lines(section.before);
    lines(section.list);
    if (!section.table.rows.empty()) out += table_as_markdown(section.table) + "\n";
    lines(section.after);
    if (section.verbatim.empty()) continue;
    out += fence_of(section.verbatim) + "\n";
    for (const std::string& line : section.verbatim) out += line + "\n";
    out += fence_of(section.verbatim) + "\n\n";
  }
  while (out.size() > 1 && out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace scalelaw::harness
