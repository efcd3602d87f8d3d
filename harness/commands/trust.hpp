#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"

namespace scalelaw::harness {

// A config may name programs of its own, and whoever runs it runs them.  So each is shown before it
// runs for the first time, and must be confirmed.

/// What of a config's drivers is about to run.
enum class Runs {
  all,          ///< they are measured
  descriptions  ///< they are asked what they can do: of commands, nothing runs
};

/// What identifies a driver for whoever confirmed it: SHA-256 of its definition and of the current
/// folder, to which its paths are relative.  In hexadecimal digits.
std::string digest_of(const ConfigDriver& driver);

/// The file with the digests of confirmed drivers: scalelaw/trusted in $XDG_CONFIG_HOME or
/// ~/.config; empty when there is no such folder.
std::filesystem::path trusted_file();

/// A driver as a person reads it: its name and its commands, a line each.
std::vector<std::string> shown(const ConfigDriver& driver);

/// Whether it was confirmed before.
bool is_trusted(const ConfigDriver& driver);

/// Shows the drivers that have not been confirmed, and asks on a terminal; what is confirmed there
/// is kept in trusted_file().  `yes`: it was confirmed on the command line, for this time.
/// Errors: throws Error when they are not confirmed.
void require_trust(const Campaign& campaign, Runs runs, bool yes);

}  // namespace scalelaw::harness
