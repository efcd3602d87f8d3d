#pragma once

#include "common/error.hpp"

namespace scalelaw::driver {

/// What went wrong while running, with neither the command line nor the input at fault: a disk that
/// is full.  The exit status says so (docs/record.md).
class RunFailure : public Error {
 public:
  using Error::Error;
};

}  // namespace scalelaw::driver
