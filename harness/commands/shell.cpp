// The commands `completion` and `man`: what a shell and man(1) want to know of this program.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <string>

#include "common/build_info.hpp"
#include "common/error.hpp"
#include "common/nearest.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/command_line.hpp"
#include "harness/commands/commands.hpp"

namespace scalelaw::harness {
namespace {

enum class Shell { bash, zsh, fish };
constexpr auto enum_names(Shell) {
  return std::array<std::string_view, 3>{"bash", "zsh", "fish"};
}

std::string completion(const CommandLine& command, Shell shell) {
  switch (shell) {
    case Shell::bash:
      return bash_completion(command);
    case Shell::zsh:
      return zsh_completion(command);
    case Shell::fish:
      return fish_completion(command);
  }
  return {};
}

std::string page_of(const CommandLine& command, const std::string& name) {
  const std::string version = fmt::format("scalelaw {}", build::version);
  if (name.empty()) return manual_page(command, version);
  std::vector<std::string> names;
  for (const CommandLine& each : command.commands) {
    if (each.name == name) return manual_page(command, each, version);
    names.push_back(each.name);
  }
  throw Error(fmt::format("there is no command '{}'", name),
              fmt::format("choose one of: {}", fmt::join(names, ", ")));
}

}  // namespace

Subcommand add_completion(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("completion", "print a script that completes scalelaw's words in a shell");
  const auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "the shell")
      ->required()
      ->check(CLI::IsMember(all_names<Shell>()).description(""))
      ->type_name(braces(all_names<Shell>()));
  command->footer(
      "bash:  scalelaw completion bash > ~/.local/share/bash-completion/completions/scalelaw\n"
      "zsh:   scalelaw completion zsh > FOLDER/_scalelaw, with FOLDER in $fpath\n"
      "fish:  scalelaw completion fish > ~/.config/fish/completions/scalelaw.fish");
  return {command, [&app, shell] {
            fmt::print("{}",
                       completion(describe_command_line(app), enum_from<Shell>(*shell, "shell")));
            return exit_well;
          }};
}

Subcommand add_man(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("man", "print the manual page of scalelaw, or of one of its commands");
  const auto name = std::make_shared<std::string>();
  command->add_option("command", *name, "the command; default: the page of scalelaw itself")
      ->type_name("COMMAND");
  command->footer("read it:  scalelaw man run | man -l -");
  return {command, [&app, name] {
            fmt::print("{}", page_of(describe_command_line(app), *name));
            return exit_well;
          }};
}

}  // namespace scalelaw::harness
