#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace scalelaw::harness {

/// What a value on the command line may be, as far as a shell can complete it.
struct Completion {
  std::vector<std::string> words;
  bool list = false;                 ///< several words, with commas between them
  bool kernels = false;              ///< what `scalelaw list --names` prints, too
  bool folders = false;              ///< folders
  bool files = false;                ///< files, and the folders on the way to them
  std::vector<std::string> endings;  ///< of these files, "h5"; none: any file
};

/// An option, or an argument without a name.
struct OptionLine {
  std::vector<std::string> short_names;  ///< without the dash
  std::vector<std::string> long_names;   ///< without dashes; none of an argument: its name
  std::string help;
  std::string value;  ///< how --help shows the value, e.g. FILE; empty: the option is a flag
  std::string fallback;
  Completion completion;
  bool required = false;
  bool repeated = false;  ///< takes several values
};

/// A command with its options.
struct CommandLine {
  std::string name;
  std::string summary;
  std::vector<OptionLine> options;
  std::vector<OptionLine> arguments;
  std::vector<CommandLine> commands;  ///< subcommands
  std::string footer;
};

/// What a value that --help shows as `value` may be.  Alternatives are divided by "|":
///   {a,b}     one of these words
///   auto      that word
///   CONFIG    a file whose name ends in .toml
///   RESULTS   a results file, or a file that `scalelaw import` reads without options
///   FILE.x    a file whose name ends in .x
///   FILE, PROGRAM   any file
///   DIR       a folder
///   KERNEL    a kernel that the drivers have
/// Anything else is not known.
Completion completion_of(const std::string& value);

/// What CLI11 was told, as data: completions and manual pages are made from it, so that they cannot
/// differ from the program.
CommandLine describe_command_line(const CLI::App& app);

/// A script that completes `command` in bash, zsh or fish.
std::string bash_completion(const CommandLine& command);
std::string zsh_completion(const CommandLine& command);
std::string fish_completion(const CommandLine& command);

/// The manual page of `command` in section 1: of `name`, or of the subcommand of that name.
/// Source: man-pages(7); the macros of groff_man(7).
std::string manual_page(const CommandLine& command, const std::string& version);
std::string manual_page(const CommandLine& command, const CommandLine& subcommand,
                        const std::string& version);

}  // namespace scalelaw::harness
