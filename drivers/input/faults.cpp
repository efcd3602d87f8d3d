#include "drivers/input/faults.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>

namespace scalelaw::driver {
namespace {

/// Each text once, in the order in which they come first.
std::vector<std::string> distinct(const std::vector<std::string>& texts) {
  std::vector<std::string> out;
  for (const std::string& text : texts) {
    if (std::ranges::find(out, text) == out.end()) out.push_back(text);
  }
  return out;
}

}  // namespace

void Faults::raise(std::string_view what) const {
  if (faults_.empty()) return;
  std::vector<std::string> texts, hints;
  for (const Error& fault : faults_) {
    texts.emplace_back(fault.what());
    hints.push_back(fault.hint());
  }
  texts = distinct(texts);  // one file may hold several of what cannot be used
  if (texts.size() == 1) throw Error(faults_.front());
  constexpr std::size_t most = 10;
  std::string text = fmt::format("{} {}:", texts.size(), what);
  for (std::size_t i = 0; i < std::min(most, texts.size()); ++i) text += "\n    " + texts[i];
  if (texts.size() > most) text += fmt::format("\n    and {} more", texts.size() - most);
  throw Error(text, fmt::format("{}", fmt::join(distinct(hints), "; ")));
}

}  // namespace scalelaw::driver
