#pragma once

#include <map>
#include <string>
#include <vector>

namespace scalelaw::harness {

/// A command as a person types it.
struct CommandWords {
  std::map<std::string, std::string> env;  ///< "NAME=VALUE" before the program
  std::vector<std::string> words;
};

/// Takes a command line apart as a shell would: words in quotes, variables before the program.
/// Errors: throws Error for a quote that is not closed, for what a shell would do (pipes, redirections,
///         several commands), and for variables without a program.
CommandWords command_words(const std::string& text);

/// A name for what the command measures: that of its program, or of the script that an interpreter
/// runs.  Letters, digits and '_'.
std::string program_name_of(const std::vector<std::string>& words);

}  // namespace scalelaw::harness
