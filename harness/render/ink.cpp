#include "harness/render/ink.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "harness/analysis/marks.hpp"

namespace scalelaw::harness {
namespace {

enum class Tone { plain, good, doubtful, bad };

struct ToneOfWord {
  std::string_view word;
  Tone tone;
};
/// Verdicts beside marks: of `compare`, and of the rules.
constexpr std::array<ToneOfWord, 5> verdicts{{{"converged", Tone::good},
                                              {"faster", Tone::good},
                                              {"slower", Tone::bad},
                                              {"kept", Tone::good},
                                              {"broken", Tone::bad}}};

Tone tone_of(Mark mark) {
  switch (mark) {
    case Mark::wrong_result:
    case Mark::invalid:
    case Mark::timeout:
    case Mark::crashed:
    case Mark::pretended:
      return Tone::bad;
    default:
      return Tone::doubtful;
  }
}

Tone tone_of(std::string_view word) {
  for (const ToneOfWord& each : verdicts) {
    if (each.word == word) return each.tone;
  }
  const auto marks = enum_names(Mark{});
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i] == word) return tone_of(static_cast<Mark>(i));
  }
  return Tone::plain;
}

std::string in_tone(const std::string& word) {
  switch (tone_of(word)) {
    case Tone::good:
      return "\033[32m" + word + "\033[0m";
    case Tone::doubtful:
      return "\033[33m" + word + "\033[0m";
    case Tone::bad:
      return "\033[31m" + word + "\033[0m";
    case Tone::plain:
      break;
  }
  return word;
}

bool is_of_word(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string inked_line(const std::string& line) {
  if (line.empty()) return line;
  if (line.front() != ' ') return "\033[1m" + line + "\033[0m";
  std::string out;
  std::string word;
  for (const char c : line) {
    if (is_of_word(c)) {
      word += c;
      continue;
    }
    out += in_tone(word) + c;
    word.clear();
  }
  return out + in_tone(word);
}

}  // namespace

std::string inked(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += inked_line(text.substr(at, end - at));
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

}  // namespace scalelaw::harness
