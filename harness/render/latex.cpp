#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>
#include <utility>

#include "harness/render/layout.hpp"

namespace scalelaw::harness {
namespace {

/// What LaTeX would not print as itself, with what prints it.
constexpr std::pair<std::string_view, std::string_view> replacements[] = {
    {"\\", R"(\textbackslash{})"},
    {"{", R"(\{)"},
    {"}", R"(\})"},
    {"$", R"(\$)"},
    {"&", R"(\&)"},
    {"#", R"(\#)"},
    {"_", R"(\_)"},
    {"%", R"(\%)"},
    {"~", R"(\textasciitilde{})"},
    {"^", R"(\textasciicircum{})"},
    {"<", R"(\textless{})"},
    {">", R"(\textgreater{})"},
    {"|", R"(\textbar{})"},
    {"\"", R"(\textquotedbl{})"},
    {"[", "{[}"},  // after \\ and \item, a bracket would begin an option
    {"]", "{]}"},
    {"\n", " "},
    {"\r", " "},
    {"\t", " "},
    {"±", R"($\pm$)"},
    {"×", R"($\times$)"},
    {"·", R"($\cdot$)"},
    {"µ", R"(\textmu{})"},
    {"–", "--"},
    {"≥", R"($\geq$)"},
    {"≤", R"($\leq$)"},
    {"→", R"($\rightarrow$)"},
    {"²", R"(\textsuperscript{2})"},
    {"³", R"(\textsuperscript{3})"},
    {"⁶", R"(\textsuperscript{6})"},
    {"⁹", R"(\textsuperscript{9})"},
    {"¹²", R"(\textsuperscript{12})"},
};

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto* found =
        std::find_if(std::begin(replacements), std::end(replacements),
                     [&](const auto& entry) { return text.starts_with(entry.first); });
    if (found != std::end(replacements)) {
      out += found->second;
      text.remove_prefix(found->first.size());
      continue;
    }
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte >= 0x20 && byte != 0x7F) out += text.front();  // other control characters: none
    text.remove_prefix(1);
  }
  return out;
}

/// A heading as a label, "tab:dot-product-strong-scaling"; `seen` numbers equal ones.
std::string label_of(const std::string& heading, std::map<std::string, int>& seen) {
  std::string label;
  for (const char c : heading) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      label += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!label.empty() && label.back() != '-') {
      label += '-';
    }
  }
  while (label.ends_with('-')) label.pop_back();
  const int times = ++seen[label];
  return fmt::format("tab:{}{}", label, times > 1 ? fmt::format("-{}", times) : "");
}

std::string row_of(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    line += (c > 0 ? " & " : "") + (cells[c] == "-" ? std::string("--") : escaped(cells[c]));
  }
  return line + " \\\\\n";
}

/// A floating table: caption above, booktabs' three rules, numbers to the right.
std::string table_of(const Section& section, const std::string& heading,
                     std::map<std::string, int>& seen) {
  const TextTable table = as_shown(section.table);
  std::string caption = escaped(heading);
  for (const std::string& line : section.before) {
    caption += (caption.empty() ? "" : "; ") + escaped(line);
  }
  std::string columns;
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    columns += std::find(table.left.begin(), table.left.end(), c) != table.left.end() ? 'l' : 'r';
  }
  std::string out = "\\begin{table}\n  \\centering\\small\n";
  out += fmt::format("  \\caption{{{}.}}\n  \\label{{{}}}\n", caption, label_of(heading, seen));
  out += fmt::format("  \\begin{{tabular}}{{{}}}\n    \\toprule\n    ", columns);
  out += row_of(table.header) + "    \\midrule\n";
  for (const auto& row : table.rows) out += "    " + row_of(row);
  return out + "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n";
}

std::string list_of(const std::vector<std::string>& items) {
  if (items.empty()) return "";
  std::string out = "\\begin{itemize}\n";
  for (const std::string& item : items) out += "  \\item " + escaped(item) + "\n";
  return out + "\\end{itemize}\n";
}

}  // namespace

std::string as_latex(const std::vector<Section>& sections) {
  std::string out =
      "% For \\input; it needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}.\n";
  std::map<std::string, int> seen;
  std::string chapter;
  for (const Section& section : sections) {
    const bool inside = section.level > 2;
    if (!inside) chapter = section.heading;
    const std::string heading =
        inside && !chapter.empty() ? chapter + ": " + section.heading : section.heading;
    out += "\n";
    if (section.table.rows.empty()) {
      if (!heading.empty()) out += fmt::format("\\paragraph{{{}}}\n", escaped(heading));
      for (const std::string& line : section.before) out += escaped(line) + "\\par\n";
    }
    out += list_of(section.list);
    if (!section.table.rows.empty()) out += table_of(section, heading, seen);
    for (const std::string& line : section.after) out += escaped(line) + "\\par\n";
    for (const std::string& line : section.verbatim) {
      out += "\\texttt{" + escaped(line) + "}\\par\n";
    }
  }
  return out;
}

}  // namespace scalelaw::harness
