#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace scalelaw::harness {

/// The running program.
std::filesystem::path this_program();

/// A file or folder of the source tree, such as "scripts/plot": in the nearest folder above this
/// program, or else above the current folder, that has it.
std::optional<std::filesystem::path> find_in_source_tree(const std::string& path);

}  // namespace scalelaw::harness
