#include "harness/commands/command_line.hpp"

#include <algorithm>
#include <sstream>

namespace scalelaw::harness {
namespace {

/// The words of "{a,b}"; none of any other text.
std::vector<std::string> words_in_braces(const std::string& text) {
  std::vector<std::string> words;
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return words;
  std::istringstream inside(text.substr(1, text.size() - 2));
  for (std::string word; std::getline(inside, word, ',');) words.push_back(word);
  return words;
}

ValueKind kind_of(const std::string& value) {
  if (value.empty()) return ValueKind::none;
  if (value.front() == '{') return ValueKind::choice;
  if (value == "FILE" || value == "CONFIG" || value == "PROGRAM") return ValueKind::file;
  return value == "DIR" ? ValueKind::folder : ValueKind::other;
}

OptionLine line_of(const CLI::Option& option) {
  OptionLine line;
  line.short_names = option.get_snames();
  line.long_names = option.get_lnames();
  if (option.get_positional()) line.long_names = {option.get_single_name()};
  line.help = option.get_description();
  if (option.get_items_expected_max() > 0) line.value = option.get_type_name();
  line.kind = kind_of(line.value);
  line.choices = words_in_braces(line.value);
  line.fallback = option.get_default_str();
  line.required = option.get_required();
  line.repeated = option.get_items_expected_max() > 1;
  return line;
}

/// An argument that is called COMMAND is one of the commands.
void name_commands(OptionLine& argument, const std::vector<CommandLine>& commands) {
  if (argument.value != "COMMAND") return;
  argument.kind = ValueKind::choice;
  for (const CommandLine& command : commands) argument.choices.push_back(command.name);
}

}  // namespace

CommandLine describe_command_line(const CLI::App& app) {
  CommandLine line{.name = app.get_name(),
                   .summary = app.get_description(),
                   .options = {},
                   .arguments = {},
                   .commands = {},
                   .footer = app.get_footer()};
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? line.arguments : line.options).push_back(line_of(*option));
  }
  const auto all = [](const CLI::App* subcommand) { return !subcommand->get_name().empty(); };
  for (const CLI::App* subcommand : app.get_subcommands(all)) {
    line.commands.push_back(describe_command_line(*subcommand));
  }
  for (CommandLine& subcommand : line.commands) {
    for (OptionLine& argument : subcommand.arguments) name_commands(argument, line.commands);
  }
  return line;
}

}  // namespace scalelaw::harness
