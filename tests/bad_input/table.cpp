#include "bad_input/table.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string_view>
#include <tuple>

#include "bad_input/make.hpp"

namespace scalelaw::bad_input {
namespace {

using Names = std::set<std::string_view>;

/// A table of TOML, whose faults are said with their place.
class Reader {
 public:
  Reader(const toml::table& table, std::string file) : table_(table), file_(std::move(file)) {}

  [[nodiscard]] std::string place() const {
    return fmt::format("{}:{}", file_, table_.source().begin.line);
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw std::runtime_error(place() + ": " + what);
  }

  void allow(const Names& names) const {
    for (const auto& [key, value] : table_) {
      if (!names.contains(key.str())) refuse(fmt::format("unknown key '{}'", key.str()));
    }
  }

  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }

  template <class T>
  [[nodiscard]] T value(std::string_view key, const T& otherwise) const {
    const toml::node* const node = table_.get(key);
    if (node == nullptr) return otherwise;
    const auto found = node->value_exact<T>();
    if (!found) refuse(fmt::format("'{}' has another type", key));
    return *found;
  }

  [[nodiscard]] std::vector<std::string> list(std::string_view key) const {
    std::vector<std::string> out;
    const toml::array* const values = table_[key].as_array();
    if (values == nullptr && has(key)) refuse(fmt::format("'{}' is not a list", key));
    for (std::size_t i = 0; values != nullptr && i < values->size(); ++i) {
      const auto text = (*values)[i].value_exact<std::string>();
      if (!text) refuse(fmt::format("'{}' has something other than a text", key));
      out.push_back(*text);
    }
    return out;
  }

  [[nodiscard]] std::map<std::string, std::string> texts(std::string_view key) const {
    std::map<std::string, std::string> out;
    const toml::table* const values = table_[key].as_table();
    if (values == nullptr) return out;
    const Reader inner(*values, file_);
    for (const auto& [name, value] : *values) {
      out[std::string(name.str())] = inner.value<std::string>(name.str(), "");
    }
    return out;
  }

  [[nodiscard]] std::vector<Reader> tables(std::string_view key) const {
    std::vector<Reader> out;
    const toml::array* const values = table_[key].as_array();
    for (std::size_t i = 0; values != nullptr && i < values->size(); ++i) {
      const toml::table* const one = (*values)[i].as_table();
      if (one != nullptr) out.emplace_back(*one, file_);
    }
    return out;
  }

 private:
  const toml::table& table_;
  std::string file_;
};

/// The contents of the table's file in a case: `text` after the table's base, `bytes` with escapes,
/// or what is to be made.
std::string contents_of(const Reader& one, const std::string& base) {
  if (one.has("text")) return base + one.value<std::string>("text", "") + "\n";
  if (one.has("bytes")) return unescaped(one.value<std::string>("bytes", ""));
  return made(one.list("make"));
}

Case case_of(const Reader& one, const Reader& head) {
  one.allow({"text", "bytes", "make", "words", "files", "folders", "says", "hint", "exit"});
  Case out;
  out.place = one.place();
  out.words = one.has("words") ? one.list("words") : head.list("words");
  out.files = head.texts("files");
  for (const auto& [name, text] : one.texts("files")) out.files[name] = text;
  out.folders = one.list("folders");
  const auto count = std::ranges::count_if(std::array{"text", "bytes", "make"},
                                           [&](const char* key) { return one.has(key); });
  const auto file = head.value<std::string>("file", "");
  if (count > 1) one.refuse("more than one of text, bytes and make");
  if (count == 1 && file.empty()) one.refuse("contents, and the table names no file");
  if (count == 1) out.files[file] = contents_of(one, head.value<std::string>("base", ""));
  out.expected = {one.value<std::string>("says", ""), one.value<std::string>("hint", ""),
                  static_cast<int>(one.value<std::int64_t>("exit", 1))};
  if (out.expected.says.empty()) one.refuse("the case lacks 'says'");
  if (out.expected.hint.empty() && head.value("hints", true) &&
      out.expected.says.find("hint: ") == std::string::npos) {
    one.refuse("the case lacks 'hint'");
  }
  return out;
}

/// Whether a text is the pattern, whose <...> stand for some text of one line each.
bool fits(std::string_view text, std::string_view pattern) {
  constexpr std::string_view any = "<...>";
  const std::size_t at = pattern.find(any);
  if (at == std::string_view::npos) return text == pattern;
  if (!text.starts_with(pattern.substr(0, at))) return false;
  const std::string_view rest = pattern.substr(at + any.size());
  for (std::size_t end = at + 1; end <= text.size() && text[end - 1] != '\n'; ++end) {
    if (fits(text.substr(end), rest)) return true;
  }
  return false;
}

}  // namespace

bool agrees(const Said& said, const Said& expected) {
  return said.exit == expected.exit && fits(said.says, expected.says) &&
         fits(said.hint, expected.hint);
}

Table read_table(const std::filesystem::path& path) {
  toml::table root;
  try {
    root = toml::parse_file(path.string());
  } catch (const toml::parse_error& error) {
    throw std::runtime_error(fmt::format("{}:{}: {}", path.filename().string(),
                                         error.source().begin.line, error.description()));
  }
  const Reader head(root, path.filename().string());
  head.allow({"program", "words", "file", "files", "base", "hints", "case"});
  Table out{.program = head.value<std::string>("program", ""), .cases = {}};
  std::map<std::tuple<decltype(Case::words), decltype(Case::files), decltype(Case::folders)>,
           std::string>
      seen;
  for (const Reader& one : head.tables("case")) {
    out.cases.push_back(case_of(one, head));
    const Case& last = out.cases.back();
    const auto [at, is_new] =
        seen.emplace(std::tuple(last.words, last.files, last.folders), last.place);
    if (!is_new) one.refuse("the same input as " + at->second);
  }
  if (out.cases.empty()) head.refuse("the table has no case");
  return out;
}

std::string as_lines(const Said& said) {
  const auto text = [](const std::string& value) {
    return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  std::string out = "says = " + text(said.says) + "\n";
  if (!said.hint.empty()) out += "hint = " + text(said.hint) + "\n";
  if (said.exit != 1) out += fmt::format("exit = {}\n", said.exit);
  return out;
}

}  // namespace scalelaw::bad_input
