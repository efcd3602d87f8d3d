#pragma once

#include <string>

namespace scalelaw::harness {

/// A document of as_text() with the colours of a terminal (ECMA-48): headings are bold, and words
/// that say how good a number is stand out.  Failures are red, doubts yellow, what is well green.
/// Only escape sequences are added, so that columns stay aligned.
std::string inked(const std::string& text);

}  // namespace scalelaw::harness
