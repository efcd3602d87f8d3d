#include "adapter/placeholders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>

#include "common/error.hpp"

namespace scalelaw::adapter {
namespace {

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  const auto inside = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  return !text.empty() && letter(text.front()) && std::ranges::all_of(text, inside);
}

/// Calls `literal` with each piece of text as it is, and `placeholder` with each name.
void walk(std::string_view text, const std::function<void(std::string_view)>& literal,
          const std::function<void(std::string_view)>& placeholder) {
  constexpr const char* remedy = "write a placeholder as {size}, and a brace as {{ or }}";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t brace = std::min(text.find_first_of("{}", at), text.size());
    literal(text.substr(at, brace - at));
    if (brace == text.size()) return;
    if (brace + 1 < text.size() && text[brace + 1] == text[brace]) {
      literal(text.substr(brace, 1));
      at = brace + 2;
      continue;
    }
    const std::size_t end = text.find('}', brace);
    if (text[brace] == '}' || end == std::string_view::npos) {
      throw Error(fmt::format("a brace of '{}' has no partner", text), remedy);
    }
    const std::string_view name = text.substr(brace + 1, end - brace - 1);
    if (!is_name(name)) {
      throw Error(fmt::format("'{{{}}}' in '{}' is not a placeholder", name, text), remedy);
    }
    placeholder(name);
    at = end + 1;
  }
}

}  // namespace

std::vector<std::string> placeholders_in(std::string_view text) {
  std::vector<std::string> out;
  walk(
      text, [](std::string_view) {}, [&](std::string_view name) { out.emplace_back(name); });
  return out;
}

std::string filled(std::string_view text, const Fillings& fillings) {
  std::string out;
  walk(
      text, [&](std::string_view piece) { out += piece; },
      [&](std::string_view name) {
        const auto found = fillings.find(std::string(name));
        if (found == fillings.end()) {
          throw Error(fmt::format("nothing fills '{{{}}}' of '{}'", name, text),
                      fmt::format("give --{}", name));
        }
        out += found->second;
      });
  return out;
}

std::vector<std::string> filled(const std::vector<std::string>& words, const Fillings& fillings) {
  std::vector<std::string> out;
  out.reserve(words.size());
  for (const std::string& word : words) out.push_back(filled(word, fillings));
  return out;
}

}  // namespace scalelaw::adapter
