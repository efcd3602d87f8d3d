#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scalelaw::harness {

/// The environment variable by which everything that a harness starts can be found again, whoever
/// has adopted it: "PID:START:FOLDER", the harness's process, when that started, and the folder
/// of the launch's record, by which a resumed campaign knows its own.
constexpr std::string_view mark_variable = "SCALELAW_LAUNCH";

/// The mark of what this process starts for `folder`.
std::string launch_mark(const std::string& folder);

/// Ends what an earlier harness left running on this machine for `folder`, when both it and its
/// supervisor were killed: SIGTERM, and SIGKILL after some seconds.  Returns what there was, as
/// messages name it.  A process is known by the mark in its environment, so that a number which
/// was given to another program is never mistaken for it.
/// Errors: throws Error when that harness is still running: then the campaign is its.
std::vector<std::string> end_leftovers(const std::string& folder);

/// Ends what carries exactly `mark`, and waits for it.  Returns what there was.
std::vector<std::string> end_marked(const std::string& mark);

}  // namespace scalelaw::harness
