#pragma once

#include "harness/process/process.hpp"

namespace scalelaw::harness {

/// As read_process(), but also when the harness was asked to stop: for commands that end what it
/// started elsewhere.
Printed read_clean_up(const Command& command, double timeout_s);

}  // namespace scalelaw::harness
