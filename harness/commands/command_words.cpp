#include "harness/commands/command_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include "common/error.hpp"
#include "common/shell_word.hpp"

namespace scalelaw::harness {
namespace {

/// A word, and whether any of it was in quotes.
struct Word {
  std::string text;
  bool quoted = false;
};

std::vector<Word> split(const std::string& text) {
  std::vector<Word> out;
  bool inside = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && (c == ' ' || c == '\t')) {
      inside = false;
      continue;
    }
    if (!inside) out.emplace_back();
    inside = true;
    Word& word = out.back();
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
      word.quoted = true;
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word.text += text[++i];
    } else {
      word.text += c;
    }
  }
  if (quote == 0) return out;
  throw Error(fmt::format("the command has a {} that is not closed: {}", quote, text),
              "close it, or put a backslash before it");
}

/// Whether a shell would do something else with the word than pass it on.
bool is_for_a_shell(const Word& word) {
  constexpr std::array<std::string_view, 5> operators{"|", "||", "&&", "&", ";"};
  if (word.quoted) return false;
  const std::string& text = word.text;
  return std::ranges::find(operators, text) != operators.end() || text.ends_with(';') ||
         text.starts_with('>') || text.starts_with('<') || text.starts_with("2>");
}

bool is_name(std::string_view text) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 &&
         std::ranges::all_of(text, fits);
}

std::string as_word(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  const bool good = !out.empty() && std::isalpha(static_cast<unsigned char>(out.front())) != 0;
  return good ? out : "program_" + out;
}

bool is_interpreter(const std::string& name) {
  constexpr std::array<std::string_view, 8> names{"bash",  "sh",      "perl", "ruby",
                                                  "julia", "Rscript", "node", "env"};
  const bool python =
      name.starts_with("python") && name.find_first_not_of("0123456789.", 6) == std::string::npos;
  return python || std::ranges::find(names, name) != names.end();
}

}  // namespace

CommandWords command_words(const std::string& text) {
  CommandWords out;
  for (Word& word : split(text)) {
    if (is_for_a_shell(word)) {
      throw Error(
          fmt::format("no shell reads the command, so '{}' would be an argument", word.text),
          fmt::format("omit it (`time` and `check` read the output), or let a shell read it: "
                      "--command {}",
                      shell_word(fmt::format("sh -c {}", shell_word(text)))));
    }
    const auto equal = word.text.find('=');
    if (out.words.empty() && equal != std::string::npos && is_name(word.text.substr(0, equal))) {
      out.env[word.text.substr(0, equal)] = word.text.substr(equal + 1);
    } else {
      out.words.push_back(std::move(word.text));
    }
  }
  if (out.words.empty())
    throw Error("the command has no program", "give --command \"./app -n {size}\"");
  return out;
}

std::string program_name_of(const std::vector<std::string>& words) {
  const auto name_of = [](const std::string& word) {
    return std::filesystem::path(word).stem().string();
  };
  if (!is_interpreter(std::filesystem::path(words.front()).filename()))
    return as_word(name_of(words.front()));
  const auto script = std::find_if(words.begin() + 1, words.end(),
                                   [](const std::string& word) { return !word.starts_with('-'); });
  const bool is_file = script != words.end() && script->find_first_of(" {;") == std::string::npos;
  return as_word(name_of(is_file ? *script : words.front()));
}

}  // namespace scalelaw::harness
