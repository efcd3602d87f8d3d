#pragma once

#include <sys/stat.h>

#include <string_view>

namespace scalelaw::driver {

/// The kind of a file with this st_mode, for messages.
constexpr std::string_view kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return "a regular file";
    case S_IFDIR:
      return "a folder";
    case S_IFIFO:
      return "a pipe, not a regular file";
    case S_IFSOCK:
      return "a socket, not a regular file";
    default:
      return "a device, not a regular file";
  }
}

}  // namespace scalelaw::driver
