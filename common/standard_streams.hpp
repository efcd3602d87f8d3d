#pragma once

#include <string_view>

namespace scalelaw {

// What every `main` does about stdin, stdout and stderr, which may be closed or full.

/// Opens /dev/null on each of the descriptors 0 to 2 that is closed, so that no file or pipe opened
/// later takes the number of a standard stream.  Call it before anything else is opened.
void open_standard_streams() noexcept;

/// Writes `text` to stdout.  What cannot be written is for finish_stdout() to report.
void print_output(std::string_view text) noexcept;

/// Writes `text` to stderr in one piece; bytes that are not UTF-8 appear as \xHH.  What cannot be
/// written is lost.
void print_error(std::string_view text) noexcept;

/// Prints "PROGRAM: WHAT" on stderr and, on a line of its own, "  hint: HINT" unless it is empty.
void complain(std::string_view program, std::string_view what, std::string_view hint = {}) noexcept;

/// True when something printed on stdout has been lost.
bool stdout_failed() noexcept;

/// Flushes stdout; to be called last.  When something printed got lost (a full disk), says so on
/// stderr and returns `failure` in place of a `status` of 0; else returns `status`.
int finish_stdout(std::string_view program, int status, int failure) noexcept;

}  // namespace scalelaw
