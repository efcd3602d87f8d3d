#pragma once

#include <string>

namespace scalelaw::harness {

/// Where `program` is: itself when it has a '/', else the first match in PATH; empty: nowhere.
std::string find_program(const std::string& program);

}  // namespace scalelaw::harness
