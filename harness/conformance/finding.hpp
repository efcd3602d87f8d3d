#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>

namespace scalelaw::harness {

/// How a check of a driver ended.
enum class Verdict {
  ok,
  skipped,  ///< nothing to check, or not possible here: `found` says why
  fix
};
constexpr auto enum_names(Verdict) {
  return std::array<std::string_view, 3>{"ok", "skipped", "fix"};
}

/// One check: its subject, what was found, how to fix it, and how to reproduce it.
struct DriverFinding {
  Verdict verdict = Verdict::ok;
  std::string kernel{};  ///< empty: of the driver as a whole
  std::string check{};   ///< a few words, e.g. "unknown option"
  std::string found{};
  std::string remedy{};   ///< of a fix
  std::string command{};  ///< of a fix, as a person would type it
};

using Tell = std::function<void(const DriverFinding&)>;

}  // namespace scalelaw::harness
