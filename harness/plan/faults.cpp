#include "harness/plan/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace scalelaw::harness {
namespace {

/// `text`, its further lines indented as the first will be.
std::string indented(const std::string& text) {
  std::string out = "\n    ";
  for (const char c : text) out += c == '\n' ? std::string("\n    ") : std::string(1, c);
  return out;
}

}  // namespace

void throw_faults(const std::vector<Error>& faults) {
  constexpr std::size_t most = 50;
  std::vector<Error> each;
  for (const Error& fault : faults) {
    const auto same = [&](const Error& other) {
      return std::string_view(fault.what()) == other.what();
    };
    if (std::none_of(each.begin(), each.end(), same)) each.push_back(fault);
  }
  if (each.empty()) return;
  if (each.size() == 1) throw Error(each.front());
  std::string text = fmt::format("{} faults:", each.size());
  for (std::size_t i = 0; i < std::min(most, each.size()); ++i) {
    text += indented(each[i].what());
    if (!each[i].hint().empty()) text += "\n      hint: " + each[i].hint();
  }
  if (each.size() > most) text += fmt::format("\n    and {} more", each.size() - most);
  throw Error(text);
}

}  // namespace scalelaw::harness
