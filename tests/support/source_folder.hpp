#pragma once

#include <string>

namespace scalelaw {

/// The folder of the source tree.  A function in a unit of its own, which alone depends on where the
/// tree is: a compiler cache serves the tests of every checkout.
std::string source_folder();

}  // namespace scalelaw
