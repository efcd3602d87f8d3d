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

std::vector<std::string> names_of_commands(const CommandLine& command) {
  std::vector<std::string> names;
  for (const CommandLine& each : command.commands) names.push_back(each.name);
  return names;
}

// bash

/// Commands that add to COMPREPLY what `may` be.  The functions are in `bash_functions`.
std::string bash_answers(const Completion& may) {
  std::vector<std::string> calls;
  if (!may.words.empty()) {
    calls.push_back(
        fmt::format("_scalelaw_{} '{}'", may.list ? "list" : "words", fmt::join(may.words, " ")));
  }
  if (may.kernels) calls.emplace_back("_scalelaw_words \"$(_scalelaw_kernels)\"");
  if (may.folders && !may.files) calls.emplace_back("_scalelaw_folders");
  if (may.files) calls.push_back(fmt::format("_scalelaw_files {}", fmt::join(may.endings, " ")));
  return calls.empty() ? ":" : fmt::format("{}", fmt::join(calls, "; "));
}

std::string bash_words(const std::vector<std::string>& words) {
  Completion may;
  may.words = words;
  return bash_answers(may);
}

// Each answer is a line of its own, so that names with blanks stay whole.
constexpr const char* bash_functions = R"(_scalelaw_answers() {
  local lines
  mapfile -t lines
  COMPREPLY+=("${lines[@]}")
}
_scalelaw_words() { _scalelaw_answers < <(compgen -W "$1" -- "$word"); }
_scalelaw_list() {
  local start= last=${word##*,}
  [[ $word == *,* ]] && start=${word%,*},
  compopt -o nospace
  _scalelaw_answers < <(compgen -P "$start" -W "$1" -- "$last")
}
_scalelaw_folders() {
  compopt -o filenames
  _scalelaw_answers < <(compgen -d -- "$word")
}
_scalelaw_files() {
  local ending
  if (($# == 0)); then
    compopt -o filenames
    _scalelaw_answers < <(compgen -f -- "$word")
    return
  fi
  _scalelaw_folders
  for ending; do
    _scalelaw_answers < <(compgen -f -X "!*.$ending" -- "$word")
  done
}
_scalelaw_kernels() { "${COMP_WORDS[0]/#\~/$HOME}" list --names 2> /dev/null; }
)";

std::string bash_options(const CommandLine& command) {
  std::string cases;
  std::vector<std::string> flags;
  for (const OptionLine& option : command.options) {
    const std::vector<std::string> these = flags_of(option);
    flags.insert(flags.end(), these.begin(), these.end());
    if (option.value.empty()) continue;
    cases += fmt::format("        {}) {}; return ;;\n", fmt::join(these, "|"),
                         bash_answers(option.completion));
  }
  std::string arguments;
  for (const OptionLine& argument : command.arguments) {
    const std::string answers = bash_answers(argument.completion);
    if (answers == ":" || arguments.find(answers) != std::string::npos) continue;
    arguments += (arguments.empty() ? "" : "; ") + answers;
  }
  return fmt::format(
      "    {0})\n      case \"$previous\" in\n{1}        *) ;;\n      esac\n"
      "      case \"$word\" in\n"
      "        -*) {2} ;;\n"
      "        *) {3} ;;\n      esac ;;\n",
      command.name, cases, bash_words(flags), arguments.empty() ? ":" : arguments);
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

/// The action of _arguments that completes `may`, which stands within single quotes.
std::string zsh_action(const Completion& may) {
  if (!may.words.empty()) {
    return may.list ? fmt::format("_values -s , value {}", fmt::join(may.words, " "))
                    : fmt::format("({})", fmt::join(may.words, " "));
  }
  if (may.kernels) return "_scalelaw_kernels";
  if (may.files && may.endings.empty()) return "_files";
  // One word in brackets at the end would be zsh's qualifiers of files.
  if (may.endings.size() == 1) return fmt::format("_files -g \"*.{}\"", may.endings.front());
  if (may.files) return fmt::format("_files -g \"*.({})\"", fmt::join(may.endings, "|"));
  return may.folders ? "_files -/" : " ";
}

std::string zsh_values(const OptionLine& option) {
  return option.value.empty() ? "" : ":value:" + zsh_action(option.completion);
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
    lines += fmt::format(" \\\n        '{}:{}:{}'", argument.repeated ? "*" : "",
                         argument.long_names.front(), zsh_action(argument.completion));
  }
  return fmt::format("      {})\n        _arguments{}\n        ;;\n", command.name, lines);
}

// fish

constexpr const char* fish_functions = R"(function __scalelaw_files
  set -l endings (string join '|' -- $argv)
  complete -C "__fish_command_without_completions "(commandline -ct) |
    string match -r "^[^\t]*(?:/|\.(?:$endings))(?:\t.*)?\$"
end
function __scalelaw_list
  set -l start (string match -r '^.*,' -- (commandline -ct))
  printf '%s\n' "$start"$argv
end
function __scalelaw_kernels
  eval (commandline -opc)[1] list --names 2> /dev/null
end
)";

/// The arguments of `complete` for a value that `may` be so.
std::string fish_answers(const Completion& may) {
  std::vector<std::string> answers;
  if (!may.words.empty()) {
    const std::string words = fmt::format("{}", fmt::join(may.words, " "));
    answers.push_back(may.list ? "(__scalelaw_list " + words + ")" : words);
  }
  if (may.kernels) answers.emplace_back("(__scalelaw_kernels)");
  if (may.folders && !may.files)
    answers.emplace_back("(__fish_complete_directories (commandline -ct))");
  if (may.files && may.endings.empty()) return " -F";
  if (may.files) {
    answers.push_back(fmt::format("(__scalelaw_files {})", fmt::join(may.endings, " ")));
  }
  return answers.empty() ? " -f" : fmt::format(" -f -a '{}'", fmt::join(answers, " "));
}

std::string fish_options(const std::string& program, const CommandLine& command) {
  std::string lines;
  const std::string when =
      fmt::format("complete -c {} -n '__fish_seen_subcommand_from {}'", program, command.name);
  for (const OptionLine& option : command.options) {
    std::string line = when;
    for (const std::string& name : option.short_names) line += " -s " + name;
    for (const std::string& name : option.long_names) line += " -l " + name;
    if (!option.value.empty()) line += " -r" + fish_answers(option.completion);
    lines += line + " -d " + quoted(option.help, "\\'") + "\n";
  }
  if (command.arguments.empty()) return lines + when + " -f\n";
  for (const OptionLine& argument : command.arguments) {
    lines += when + fish_answers(argument.completion) + "\n";
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
      "# bash completion for {0}; generated by `{0} completion bash`\n{3}"
      "_{0}() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}\n"
      "  COMPREPLY=()\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    {1}\n"
      "    return\n"
      "  fi\n"
      "  case \"${{COMP_WORDS[1]}}\" in\n{2}  esac\n"
      "}}\n"
      "complete -F _{0} {0}\n",
      command.name, bash_words(first), cases, bash_functions);
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
      "_{0}_kernels() {{ compadd -- ${{(f)\"$($program list --names 2> /dev/null)\"}} }}\n"
      "_{0}() {{\n"
      "  local state line program=$words[1]\n"
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
      fmt::format("# fish completion for {0}; generated by `{0} completion fish`\n{1}",
                  command.name, fish_functions);
  for (const CommandLine& each : command.commands) {
    lines += fmt::format("complete -c {} -n __fish_use_subcommand -f -a {} -d {}\n", command.name,
                         each.name, quoted(each.summary, "\\'"));
  }
  for (const CommandLine& each : command.commands) lines += fish_options(command.name, each);
  return lines;
}

}  // namespace scalelaw::harness
