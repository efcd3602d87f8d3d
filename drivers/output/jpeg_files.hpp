#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "kernels/image_compression/image_compression.hpp"

namespace scalelaw {

/// The names of the .jpg files of a batch: those of the input files with their endings replaced,
/// or image_000000.jpg and so on for generated images.
/// Errors: throws Error when two inputs would get the same name.
std::vector<std::string> output_names(const ImageCompression::Params& params);

/// Makes sure that files can be written into the output folder, which is made when it is missing.
/// Errors: throws Error when it cannot be written or a folder is in a file's place; and, before
/// anything is made, when a file would take the place of an input file, by whatever name or link.
void check_output_dir(const ImageCompression::Params& params);

/// Writes a file from its parts: under another name first, so that a file of this name is whole.
/// Errors: throws RunFailure naming the file; then nothing unfinished is left.
void write_parts(const std::string& folder, const std::string& name,
                 const std::vector<std::span<const std::byte>>& parts);

}  // namespace scalelaw
