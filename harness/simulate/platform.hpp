#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"

namespace scalelaw::harness {

/// How many times slower a replay's machine is than the simulated one, in all it does: its log has
/// whole microseconds.  A platform of the user's is as it is.
double slow_motion(const SimulateOptions& options);

/// The platform of [simulate], with at least `nodes` nodes of `cores` cores, as SimGrid reads it.
/// A fat tree has two levels of switches; each node and each switch below has its own links up, of
/// equal bandwidth.  A dragonfly has 4 x 4 switches a group.  An ethernet is one switch, whose inside
/// is shared when it is oversubscribed.
/// Source: Leiserson, "Fat-trees", IEEE Trans. Comput. C-34 (1985); Kim, Dally, Scott & Abts,
///         "Technology-driven, highly-scalable dragonfly topology", ISCA 2008.
std::string platform_xml(const SimulateOptions& options, std::int64_t nodes, std::int64_t cores);

/// The name of a node of such a platform.
std::string node_name(std::int64_t node);

/// Of a message between two ranks of a node: seconds, and bytes per second.
double node_latency_s(const SimulateOptions& options);
double node_bandwidth_bytes_per_s(const SimulateOptions& options);

/// The host of each rank, one a line: `ranks_per_node` on each of `hosts`.
std::string hostfile_text(const std::vector<std::string>& hosts, const Placement& placement);

/// The nodes that a user's hostfile lists, one a line: NAME, or NAME:SLOTS as SimGrid has it, where
/// the slots do not count.  Blank lines are none, nor is what is behind a `#`.
/// Errors: throws Error for a line that is not one name.
std::vector<std::string> listed_hosts(const std::string& text);

/// Requires that each speed in a user's platform file is the one that traces count with: 1 Gf.
/// Errors: throws Error that names the first other one.
void require_speeds(const std::string& xml);

/// The words of the command that replays the traces in `folder`: `list`, which names their one file;
/// `hosts`; the platform.  Its log goes to `log` there.  It runs in that folder and names its files
/// from there, since smpirun divides options at the blanks in them; its own temporary files go
/// there, too.
std::vector<std::string> replay_words(const SimulateOptions& options, std::int64_t ranks,
                                      const std::string& folder);

/// The names of the files in the folder of a replay.
namespace replay_file {
inline constexpr const char* platform = "platform.xml";
inline constexpr const char* hosts = "hosts";
inline constexpr const char* traces = "traces";
inline constexpr const char* list = "list";
inline constexpr const char* log = "log";
}  // namespace replay_file

}  // namespace scalelaw::harness
