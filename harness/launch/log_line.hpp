#pragma once

#include <string>
#include <string_view>

namespace scalelaw::harness {

/// What a driver of scalelaw itself said on stderr, with its remedy: "scalelaw-MODEL: WHAT (hint:
/// REMEDY)", without warnings; empty when it said nothing.
std::string driver_words(std::string_view log);

/// The driver that said one line of a log: "scalelaw-MODEL"; empty: none did.
std::string speaker_of(std::string_view line);

/// Whether a log holds words of the program that was launched, and not only those of mpirun, srun,
/// ssh and their like.
bool program_spoke(std::string_view log);

/// The words that say why a program failed: the driver's own message, else the last line of a
/// Python traceback, else the program's first line about an error, else its last line, else the
/// launcher's.  One line of at most 300 bytes; empty when the log says nothing.
std::string program_words(std::string_view log);

/// Likewise why a launcher failed: its first informative line.  From a banner between rules of
/// dashes, the first sentence and the details below it.  A line that every failure prints is the
/// last resort.
std::string launcher_words(std::string_view log);

/// The first line that contains `sign`, as program_words() would give it; empty: there is none.
std::string line_with(std::string_view log, std::string_view sign);

}  // namespace scalelaw::harness
