#include "common/standard_streams.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "common/utf8.hpp"

namespace scalelaw {
namespace {

/// On a network file system, closing any descriptor of a file reports whether its data was stored.
bool close_succeeds(int descriptor) {
  const int copy = dup(descriptor);
  return copy >= 0 && close(copy) == 0;
}

/// The errno of the first failure of print_output().
int output_fault = 0;

}  // namespace

void open_standard_streams() noexcept {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    const bool closed = fcntl(descriptor, F_GETFD) == -1 && errno == EBADF;
    if (!closed) continue;
    // open() returns the lowest free number: `descriptor`.  Without /dev/null it stays closed.
    [[maybe_unused]] const int opened = open("/dev/null", O_RDWR);
  }
}

void print_output(std::string_view text) noexcept {
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!whole && output_fault == 0) output_fault = errno;
}

void print_error(std::string_view text) noexcept {
  std::string escaped;
  try {
    escaped = escape_invalid_utf8(text);
    text = escaped;
  } catch (const std::exception&) {  // out of memory: print it unescaped
  }
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void complain(std::string_view program, std::string_view what, std::string_view hint) noexcept {
  try {
    std::string text = fmt::format("{}: {}\n", program, what);
    if (!hint.empty()) text += fmt::format("  hint: {}\n", hint);
    print_error(text);
  } catch (const std::exception&) {  // out of memory: print `what` alone
    print_error(what);
  }
}

bool stdout_failed() noexcept {
  return std::ferror(stdout) != 0;
}

int finish_stdout(std::string_view program, int status, int failure) noexcept {
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0 && close_succeeds(STDOUT_FILENO);
  if (flushed && !stdout_failed()) return status;
  const int fault = output_fault != 0 ? output_fault : errno;
  const char* const reason = fault != 0 ? std::strerror(fault) : "an earlier write failed";
  complain(program, std::string("cannot write to the standard output: ") + reason,
           "free some space, or redirect the output");
  return status == 0 ? failure : status;
}

}  // namespace scalelaw
