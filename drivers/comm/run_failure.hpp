#pragma once

#include "common/error.hpp"

namespace scalelaw::driver {

/// A failure while running that is due to neither the command line nor the input, such as a full
/// disk.  The exit status reports it (docs/record.md).
class RunFailure : public Error {
 public:
  using Error::Error;
};

}  // namespace scalelaw::driver
