#include "harness/commands/print_document.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "harness/render/ink.hpp"

namespace scalelaw::harness {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool wants_colours() {
  return isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
}

}  // namespace

void print_document(const std::string& text) {
  fmt::print("{}", wants_colours() ? inked(text) : text);
}

}  // namespace scalelaw::harness
