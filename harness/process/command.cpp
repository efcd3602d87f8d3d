#include "harness/process/command.hpp"

#include "common/shell_word.hpp"

namespace scalelaw::harness {

std::string to_string(const Command& command) {
  std::string out;
  for (const auto& [name, value] : command.environment) {
    out += name + "=" + shell_word(value) + " ";
  }
  if (!command.cpus.empty()) out += "taskset -c " + command.cpus + " ";
  return out + shell_words(command.argv);
}

}  // namespace scalelaw::harness
