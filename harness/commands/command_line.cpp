#include "harness/commands/command_line.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace scalelaw::harness {
namespace {

/// The parts of `text` between `divider`s, except those within braces.
std::vector<std::string> split(const std::string& text, char divider) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    if (c == divider && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool is_word(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '_';
  });
}

/// Adds what one alternative may be.
void add_alternative(const std::string& text, Completion& out) {
  constexpr std::string_view file = "FILE.";
  if (text.starts_with('{') && text.ends_with('}')) {
    for (const std::string& word : split(text.substr(1, text.size() - 2), ',')) {
      out.words.push_back(word);
    }
  } else if (is_word(text)) {
    out.words.push_back(text);
  } else if (text == "KERNEL") {
    out.kernels = true;
  } else if (text == "DIR") {
    out.folders = true;
  } else if (text == "FILE" || text == "PROGRAM") {
    out.files = true;
  } else if (text == "CONFIG") {
    out.files = true;
    out.endings.emplace_back("toml");
  } else if (text == "RESULTS") {
    out.files = true;
    out.endings.insert(out.endings.end(), {"h5", "csv", "tsv", "json", "jsonl", "txt", "log"});
  } else if (text.starts_with(file)) {
    out.files = true;
    out.endings.push_back(text.substr(file.size()));
  }
}

OptionLine line_of(const CLI::Option& option) {
  OptionLine line;
  line.short_names = option.get_snames();
  line.long_names = option.get_lnames();
  if (option.get_positional()) line.long_names = {option.get_single_name()};
  line.help = option.get_description();
  if (option.get_items_expected_max() > 0) line.value = option.get_type_name();
  line.completion = completion_of(line.value);
  line.completion.list = option.get_delimiter() != '\0';
  line.fallback = option.get_default_str();
  line.required = option.get_required();
  line.repeated = option.get_items_expected_max() > 1;
  return line;
}

/// An argument that is called COMMAND is one of the commands.
void name_commands(OptionLine& argument, const std::vector<CommandLine>& commands) {
  if (argument.value != "COMMAND") return;
  for (const CommandLine& command : commands) {
    argument.completion.words.push_back(command.name);
  }
}

}  // namespace

Completion completion_of(const std::string& value) {
  Completion out;
  for (const std::string& part : split(value, '|')) add_alternative(part, out);
  return out;
}

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
