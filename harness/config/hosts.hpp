#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scalelaw::harness {

/// The hosts that `text` names, separated by commas or blanks, each "name" or "name:slots" as it is
/// written.
/// Errors: throws Error naming a word that is no host: an IPv6 address, "user@host", "n[1-4]".
std::vector<std::string> split_hosts(std::string_view text);

/// The name in "name" or "name:slots": ranks per node come from the placement.
/// Errors: throws Error as split_hosts() does.
std::string host_name(const std::string& word);

/// The hosts of a host file as Open MPI, MPICH or PBS write it: host after host, with "slots=4" and
/// the like, which are ignored, and comments from '#' on; names alone.  A byte order mark and CRLF
/// do no harm.
/// Errors: throws Error "FILE:LINE: ..." likewise.
std::vector<std::string> parse_hostfile(std::string_view text, const std::string& file);

/// `hosts` without repetitions, which PBS writes for each slot; names are the same in capitals.
std::vector<std::string> each_once(const std::vector<std::string>& hosts);

}  // namespace scalelaw::harness
