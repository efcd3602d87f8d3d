#pragma once

#include <string>

#include "harness/launch/launcher.hpp"

namespace scalelaw::harness {

/// The explanation of an ending when nothing in the log explains it.
constexpr const char* said_nothing = "it printed nothing";

/// The cause of a launch's end, and the words that explain it.
struct Ending {
  Cause cause = Cause::none;
  std::string words;    ///< one line of the log; never empty
  std::string program;  ///< the driver of scalelaw that said them, e.g. "scalelaw-mpi"; else empty
  std::string message;  ///< the words without the name of that driver
};

/// How a launch failed.  `started`: its record has a header, so the driver started on all ranks.
/// It judges by what the programs between the harness and the driver print when they fail
/// (tests/unit/harness/launch/logs has real texts).  When these do not decide, a program that
/// printed something failed by itself, and one that printed nothing was not started.
Ending ending_of(const Outcome& outcome, bool started);

/// Whether a launch that failed for this cause should be repeated: the cause is not the driver.
constexpr bool is_of_others(Cause cause) {
  return cause != Cause::none && cause != Cause::driver;
}

/// Whether a reason is about a disk that cannot be written, not about a missing file.
bool speaks_of_room(const std::string& text);

/// Whether srun or slurmstepd reports that nodes, their daemons or the controller failed, not the
/// driver.
bool step_did_not_start(const std::string& log);

}  // namespace scalelaw::harness
