#include "harness/report/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace scalelaw {
namespace {

/// The table without the columns that have nothing to say.
TextTable without_empty_columns(const TextTable& table) {
  TextTable out;
  std::vector<std::size_t> kept;
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    const bool empty = std::all_of(table.rows.begin(), table.rows.end(), [&](const auto& row) {
      return row[c].empty() || row[c] == "-";
    });
    if (!empty) kept.push_back(c);
  }
  const auto pick = [&](const std::vector<std::string>& row) {
    std::vector<std::string> cells;
    for (const std::size_t c : kept) cells.push_back(row[c]);
    return cells;
  };
  out.header = pick(table.header);
  for (const auto& row : table.rows) out.rows.push_back(pick(row));
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (std::find(table.left.begin(), table.left.end(), kept[i]) != table.left.end()) {
      out.left.push_back(i);
    }
  }
  return out;
}

bool is_left(const TextTable& table, std::size_t column) {
  return std::find(table.left.begin(), table.left.end(), column) != table.left.end();
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

constexpr std::size_t page_width = 118;
constexpr std::size_t narrowest_text = 30;

/// `text` cut at blanks into lines of at most `width`; a longer word stands alone.
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines{""};
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    std::string& line = lines.back();
    if (line.empty()) {
      line = word;
    } else if (display_width(line) + 1 + display_width(word) <= width) {
      line += ' ' + word;
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

std::vector<std::size_t> widths_of(const TextTable& table) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    widths.push_back(display_width(table.header[c]));
    for (const auto& row : table.rows) widths[c] = std::max(widths[c], display_width(row[c]));
  }
  return widths;
}

/// The widths at which the table fits the page: text columns give way, the widest first, as far as
/// text stays readable.
std::vector<std::size_t> widths_that_fit(const TextTable& table) {
  std::vector<std::size_t> widths = widths_of(table);
  for (;;) {
    std::size_t total = 0, widest = table.header.size();
    for (std::size_t c = 0; c < widths.size(); ++c) {
      total += widths[c] + 2;
      if (!is_left(table, c) || widths[c] <= narrowest_text) continue;
      if (widest == table.header.size() || widths[c] > widths[widest]) widest = c;
    }
    if (total <= page_width || widest == table.header.size()) return widths;
    --widths[widest];
  }
}

/// Wraps the columns of text so that the table fits the page.
TextTable fitted(TextTable table) {
  const std::vector<std::size_t> widths = widths_that_fit(table);
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : table.rows) {
    const std::size_t first = rows.size();
    for (std::size_t c = 0; c < row.size(); ++c) {
      const auto lines = display_width(row[c]) > widths[c] ? wrapped(row[c], widths[c])
                                                           : std::vector<std::string>{row[c]};
      while (rows.size() < first + lines.size()) rows.emplace_back(row.size());
      for (std::size_t i = 0; i < lines.size(); ++i) rows[first + i][c] = lines[i];
    }
  }
  table.rows = std::move(rows);
  return table;
}

std::string table_as_text(const TextTable& raw) {
  const TextTable table = fitted(without_empty_columns(raw));
  const std::vector<std::size_t> widths = widths_of(table);
  std::string out = line_of(table, table.header, widths);
  for (const auto& row : table.rows) out += line_of(table, row, widths);
  return out;
}

std::string table_as_markdown(const TextTable& raw) {
  const TextTable table = without_empty_columns(raw);
  const auto line = [](const std::vector<std::string>& cells) {
    std::string out = "|";
    for (const std::string& cell : cells) {
      out += ' ';
      for (const char c : cell) out += c == '|' ? std::string("\\|") : std::string(1, c);
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

}  // namespace

std::size_t display_width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string as_text(const std::vector<Section>& sections) {
  std::string out;
  for (const Section& section : sections) {
    if (!out.empty() && section.level < 3) out += "\n";
    if (!section.heading.empty()) {
      out += (section.level == 3 ? "  " : "") + section.heading + "\n";
    }
    for (const std::string& line : section.before) out += "  " + line + "\n";
    if (!section.table.rows.empty()) out += table_as_text(section.table);
    for (const std::string& line : section.after) out += "  " + line + "\n";
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
    if (!section.table.rows.empty()) out += table_as_markdown(section.table) + "\n";
    lines(section.after);
  }
  while (out.size() > 1 && out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace scalelaw
