#include "drivers/input/faults.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>

namespace scalelaw::driver {
namespace {

/// The distinct remedies, in the order of the faults.
std::string remedies(const std::vector<Error>& faults) {
  std::vector<std::string> different;
  for (const Error& fault : faults) {
    if (std::ranges::find(different, fault.hint()) == different.end()) {
      different.push_back(fault.hint());
    }
  }
  return fmt::format("{}", fmt::join(different, "; "));
}

}  // namespace

void Faults::raise(std::string_view what) const {
  if (faults_.empty()) return;
  if (faults_.size() == 1) throw Error(faults_.front());
  constexpr std::size_t most = 10;
  std::string text = fmt::format("{} {}:", faults_.size(), what);
  for (std::size_t i = 0; i < std::min(most, faults_.size()); ++i) {
    text += fmt::format("\n    {}", faults_[i].what());
  }
  if (faults_.size() > most) text += fmt::format("\n    and {} more", faults_.size() - most);
  throw Error(text, remedies(faults_));
}

}  // namespace scalelaw::driver
