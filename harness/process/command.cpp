#include "harness/process/command.hpp"

#include <string_view>

namespace scalelaw::harness {
namespace {

/// `text` as one word of a POSIX shell.
std::string quoted(const std::string& text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace

std::string to_string(const Command& command) {
  std::string out;
  for (const auto& [name, value] : command.environment) out += name + "=" + quoted(value) + " ";
  if (!command.cpus.empty()) out += "taskset -c " + command.cpus + " ";
  for (std::size_t i = 0; i < command.argv.size(); ++i) {
    out += (i == 0 ? "" : " ") + quoted(command.argv[i]);
  }
  return out;
}

}  // namespace scalelaw::harness
