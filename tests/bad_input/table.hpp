#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace scalelaw::bad_input {

/// What a program says of bad input, on stderr, and how it ends.
struct Said {
  std::string says;  ///< after the program's name
  std::string hint;  ///< the remedy; empty where each of several faults has its own
  int exit = 1;      ///< 128 + N: killed by signal N
  bool operator==(const Said&) const = default;
};

/// Bad input, and what is to be said of it.
struct Case {
  std::string place;               ///< FILE:LINE of the case in its table
  std::vector<std::string> words;  ///< of the command line, after the program
  std::map<std::string, std::string> files;
  std::vector<std::string> folders;
  Said expected;
};

/// One kind of bad input: a data file in this folder.
struct Table {
  std::string program;
  std::vector<Case> cases;
};

/// Reads a table.  CONTRIBUTING.md says what it holds.
/// Errors: throws std::runtime_error, with the place, for an unknown key, for a case without
///         expectation or input, and for one that is there twice.
Table read_table(const std::filesystem::path& path);

/// Whether `said` is what a table expects.  There, <...> stands for words of a library, which differ
/// from version to version: some text of one line.
bool agrees(const Said& said, const Said& expected);

/// `said` as lines of a table.
std::string as_lines(const Said& said);

}  // namespace scalelaw::bad_input
