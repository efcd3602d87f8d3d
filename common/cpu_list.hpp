#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scalelaw {

/// The processors of a Linux CPU list, "0-3,8,10-11", in ascending order; empty text: none.
/// Errors: throws Error when the text is no such list.
std::vector<int> parse_cpu_list(std::string_view text);

/// The same, the other way round: runs joined, "0-3,8".
std::string format_cpu_list(const std::vector<int>& cpus);

}  // namespace scalelaw
