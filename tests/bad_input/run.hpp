#pragma once

#include <string>

#include "bad_input/table.hpp"

namespace scalelaw::bad_input {

/// What a `main` would do.
using Program = int (*)(int argc, char** argv);

/// The program of that name; null: there is none.
Program program_named(const std::string& name);

/// What the program says of the case's input, called by the case's words in a folder that holds the
/// case's files.  The folder's path appears as FOLDER.  It runs in a process of its own, which is
/// not started anew, so that a crash or a program that never ends is one fault of many.
Said run_case(const std::string& name, Program program, const Case& one);

/// What is wrong with the cases of a table, one text for each; none: they are as expected.
std::vector<std::string> faults_of(const Table& table);

}  // namespace scalelaw::bad_input
