#pragma once

#include <string_view>

namespace scalelaw {

// How every `main` handles stdin, stdout and stderr that are closed or full.

/// Opens /dev/null on each of the descriptors 0 to 2 that is closed, so that no file or pipe opened
/// later takes the number of a standard stream.  Call it before opening anything else.
void open_standard_streams() noexcept;

/// Writes `text` to stdout; finish_stdout() reports failures.
void print_output(std::string_view text) noexcept;

/// Writes `text` to stderr in one piece; bytes that are not UTF-8 appear as \xHH.
/// Ignores failures.
void print_error(std::string_view text) noexcept;

/// Prints "PROGRAM: WHAT" on stderr and, on a line of its own, "  hint: HINT" unless it is empty.
void complain(std::string_view program, std::string_view what, std::string_view hint = {}) noexcept;

/// True when output to stdout was lost.
bool stdout_failed() noexcept;

/// Flushes stdout; call it last.  When output was lost (a full disk), reports it on stderr and
/// returns `failure` in place of a `status` of 0; else returns `status`.
int finish_stdout(std::string_view program, int status, int failure) noexcept;

}  // namespace scalelaw
