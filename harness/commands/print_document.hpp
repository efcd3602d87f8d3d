#pragma once

#include <string>

namespace scalelaw::harness {

/// Prints a document of as_text() on stdout: in colours on a terminal, unless the environment
/// forbids them.
/// Source: https://no-color.org: NO_COLOR is set and not empty.  TERM=dumb likewise.
void print_document(const std::string& text);

}  // namespace scalelaw::harness
