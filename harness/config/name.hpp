#pragma once

#include <string>

namespace scalelaw::harness {

/// How long a campaign's name may be: with the time and the longest suffix behind it, such as
/// "-20261129T180000Z.h5.4194304.part", it makes a file name of at most 255 bytes.
constexpr std::size_t longest_campaign_name = 200;  // bytes

/// Makes sure that a campaign's name makes file names that every shell and file system takes:
/// letters of any script, digits, '-', '_', '.' and blanks.
/// Errors: throws Error naming the character at fault; for a name that begins with '-', '.' or a
/// blank, and for one that is too long.
void require_campaign_name(const std::string& name);

}  // namespace scalelaw::harness
