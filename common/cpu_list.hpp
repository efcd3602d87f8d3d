#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scalelaw {

/// The processors in a Linux CPU list such as "0-3,8,10-11", in ascending order; empty text
/// has none.
/// Errors: throws Error when the text is not a CPU list.
std::vector<int> parse_cpu_list(std::string_view text);

/// The inverse of parse_cpu_list(); consecutive numbers become ranges, as in "0-3,8".
std::string format_cpu_list(const std::vector<int>& cpus);

}  // namespace scalelaw
