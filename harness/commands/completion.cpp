// Completion scripts for shells, generated from the command line's own description.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/commands/command_line.hpp"

namespace scalelaw::harness {
namespace {

/// `text` in single quotes, for any of these shells.
std::string quoted(const std::string& text, const std::string& escaped_quote) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? escaped_quote : std::string(1, c);
  return out + "'";
}

std::vector<std::string> flags_of(const OptionLine& option) {
  std::vector<std::string> flags;
  for (const std::string& name : option.short_names) flags.push_back("-" + name);
  for (const std::string& name : option.long_names) flags.push_back("--" + name);
  return flags;
}

/// Whether the first argument is one of some words, and not a file.
bool takes_words(const CommandLine& command) {
  return !command.arguments.empty() && command.arguments.front().kind == ValueKind::choice;
}

std::vector<std::string> names_of_commands(const CommandLine& command) {
  std::vector<std::string> names;
  for (const CommandLine& each : command.commands) names.push_back(each.name);
  return names;
}

// bash

// Each answer is a line of its own, so that names with blanks stay whole.
std::string bash_answer(const std::string& compgen) {
  return fmt::format("mapfile -t COMPREPLY < <(compgen {} -- \"$word\")", compgen);
}

std::string bash_words(const std::vector<std::string>& words) {
  return bash_answer(fmt::format("-W '{}'", fmt::join(words, " ")));
}

std::string bash_values(const OptionLine& option) {
  switch (option.kind) {
    case ValueKind::choice:
      return bash_words(option.choices);
    case ValueKind::folder:
      return "compopt -o filenames; " + bash_answer("-d");
    case ValueKind::file:
      return "compopt -o filenames; " + bash_answer("-f");
    default:
      return "COMPREPLY=()";
  }
}

std::string bash_options(const CommandLine& command) {
  std::string cases;
  std::vector<std::string> flags;
  for (const OptionLine& option : command.options) {
    const std::vector<std::string> these = flags_of(option);
    flags.insert(flags.end(), these.begin(), these.end());
    if (option.kind == ValueKind::none) continue;
    cases += fmt::format("        {}) {}; return ;;\n", fmt::join(these, "|"), bash_values(option));
  }
  OptionLine argument;  // files are the usual arguments
  argument.kind = command.arguments.empty() ? ValueKind::none : ValueKind::file;
  if (takes_words(command)) argument = command.arguments.front();
  return fmt::format(
      "    {0})\n      case \"$previous\" in\n{1}      esac\n"
      "      case \"$word\" in\n"
      "        -*) {2} ;;\n"
      "        *) {3} ;;\n      esac ;;\n",
      command.name, cases, bash_words(flags), bash_values(argument));
}

// zsh

/// A help text within the brackets of _arguments.
std::string zsh_help(const std::string& help) {
  std::string out;
  for (const char c : help) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_values(const OptionLine& option) {
  switch (option.kind) {
    case ValueKind::none:
      return "";
    case ValueKind::choice:
      return fmt::format(":value:({})", fmt::join(option.choices, " "));
    case ValueKind::folder:
      return ":folder:_files -/";
    case ValueKind::file:
      return ":file:_files";
    case ValueKind::other:
      return ":value: ";
  }
  return "";
}

std::string zsh_options(const CommandLine& command) {
  std::string lines;
  for (const OptionLine& option : command.options) {
    for (const std::string& flag : flags_of(option)) {
      lines += " \\\n        " + quoted(fmt::format("{}{}[{}]{}", option.repeated ? "*" : "", flag,
                                                    zsh_help(option.help), zsh_values(option)),
                                        "'\\''");
    }
  }
  for (const OptionLine& argument : command.arguments) {
    const bool words = argument.kind == ValueKind::choice;
    lines += fmt::format(" \\\n        '{}:{}:{}'", argument.repeated ? "*" : "",
                         argument.long_names.front(),
                         words ? fmt::format("({})", fmt::join(argument.choices, " ")) : "_files");
  }
  return fmt::format("      {})\n        _arguments{}\n        ;;\n", command.name, lines);
}

// fish

std::string fish_options(const std::string& program, const CommandLine& command) {
  std::string lines;
  const std::string when =
      fmt::format("complete -c {} -n '__fish_seen_subcommand_from {}'", program, command.name);
  for (const OptionLine& option : command.options) {
    std::string line = when;
    for (const std::string& name : option.short_names) line += " -s " + name;
    for (const std::string& name : option.long_names) line += " -l " + name;
    if (option.kind == ValueKind::file || option.kind == ValueKind::folder) line += " -r -F";
    if (option.kind == ValueKind::choice) {
      line += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
    }
    if (option.kind == ValueKind::other) line += " -x";
    lines += line + " -d " + quoted(option.help, "\\'") + "\n";
  }
  for (const OptionLine& argument : command.arguments) {
    if (argument.kind != ValueKind::choice) continue;
    lines += fmt::format("{} -f -a '{}'\n", when, fmt::join(argument.choices, " "));
  }
  return lines;
}

}  // namespace

std::string bash_completion(const CommandLine& command) {
  std::string cases;
  for (const CommandLine& each : command.commands) cases += bash_options(each);
  std::vector<std::string> first = names_of_commands(command);
  for (const OptionLine& option : command.options) {
    const std::vector<std::string> flags = flags_of(option);
    first.insert(first.end(), flags.begin(), flags.end());
  }
  return fmt::format(
      "# bash completion for {0}; generated by `{0} completion bash`\n"
      "_{0}() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    {1}\n"
      "    return\n"
      "  fi\n"
      "  case \"${{COMP_WORDS[1]}}\" in\n{2}  esac\n"
      "}}\n"
      "complete -F _{0} {0}\n",
      command.name, bash_words(first), cases);
}

std::string zsh_completion(const CommandLine& command) {
  std::string names;
  std::string cases;
  for (const CommandLine& each : command.commands) {
    names +=
        " \\\n        " + quoted(fmt::format("{}:{}", each.name, zsh_help(each.summary)), "'\\''");
    cases += zsh_options(each);
  }
  return fmt::format(
      "#compdef {0}\n"
      "# zsh completion for {0}; generated by `{0} completion zsh`\n"
      "_{0}() {{\n"
      "  local state line\n"
      "  typeset -A opt_args\n"
      "  _arguments -C '1:command:->command' '*::options:->options'\n"
      "  case $state in\n"
      "    command)\n"
      "      local -a commands=({1})\n"
      "      _describe command commands\n"
      "      ;;\n"
      "    options)\n"
      "      case $line[1] in\n{2}      esac\n"
      "      ;;\n"
      "  esac\n"
      "}}\n"
      "if [ \"$funcstack[1]\" = _{0} ]; then _{0} \"$@\"; else compdef _{0} {0}; fi\n",
      command.name, names, cases);
}

std::string fish_completion(const CommandLine& command) {
  std::string lines =
      fmt::format("# fish completion for {0}; generated by `{0} completion fish`\n", command.name);
  for (const CommandLine& each : command.commands) {
    lines += fmt::format("complete -c {} -n __fish_use_subcommand -f -a {} -d {}\n", command.name,
                         each.name, quoted(each.summary, "\\'"));
  }
  for (const CommandLine& each : command.commands) lines += fish_options(command.name, each);
  return lines;
}

}  // namespace scalelaw::harness
