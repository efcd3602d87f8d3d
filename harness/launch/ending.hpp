#pragma once

#include <string>

#include "harness/launch/launcher.hpp"

namespace scalelaw::harness {

/// The words of an ending that nothing in the log explains.
constexpr const char* said_nothing = "it printed nothing";

/// Whose doing the end of a launch was, and the words that explain it.
struct Ending {
  Cause cause = Cause::none;
  std::string words;  ///< one line of the log; never empty
};

/// How a launch failed.  `started`: its record has a header, so the driver started on all ranks.
/// Judges by what the programs between the harness and the driver print when they fail
/// (tests/unit/harness/launch/logs has real texts).  Where these do not decide, a program that
/// printed something failed by itself, and one that printed nothing was not started.
Ending ending_of(const Outcome& outcome, bool started);

/// Whether a launch that failed by this cause is to be repeated: it says nothing about the driver.
constexpr bool is_of_others(Cause cause) {
  return cause != Cause::none && cause != Cause::driver;
}

/// Whether a reason speaks of a disk that cannot be written, as against a file that is missing.
bool speaks_of_room(const std::string& text);

/// Whether what srun or slurmstepd printed says that nodes, their daemons or the controller failed,
/// and not the driver.
bool step_did_not_start(const std::string& log);

}  // namespace scalelaw::harness
