#pragma once

namespace scalelaw::harness {

/// The whole main of the command `scalelaw`: a table of contents of the subcommands.  Returns the
/// exit status.
int scalelaw_main(int argc, char** argv);

}  // namespace scalelaw::harness
