#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "kernels/image_compression/image_compression.hpp"

namespace scalelaw::driver {

/// The names of the .jpg files of a batch: those of the input files with their endings replaced,
/// or image_000000.jpg and so on for generated images.
std::vector<std::string> output_names(const ImageCompression::Params& params);

/// Refuses an output folder that is the input folder or inside it, by whatever path: the next run
/// would take it for input.  Either may be missing, or not a folder.
/// Errors: throws Error with the remedy.
void check_output_apart(const std::string& input, const std::string& folder);

/// Looks for everything that would keep the files of a batch from being written; changes nothing.
/// Errors: throws one Error for a folder that cannot be made or written, names that meet or are too
/// long, whatever is in a file's place, and files that would take the place of an input file, by
/// whatever name or link.
void check_output_dir(const ImageCompression::Params& params);

/// Makes the output folder where it is missing, and a file in it for a moment.
/// Errors: throws Error when it cannot be made or written.
void make_output_dir(const ImageCompression::Params& params);

/// Writes a file from its parts: under another name first, so that a file of this name is whole.
/// Errors: throws RunFailure naming the file; then nothing unfinished is left.
void write_parts(const std::string& folder, const std::string& name,
                 const std::vector<std::span<const std::byte>>& parts);

}  // namespace scalelaw::driver
