#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "kernels/image_compression/image_compression.hpp"

namespace scalelaw::driver {

/// The names of the .jpg files of a batch: those of the input files with their extensions replaced,
/// or image_000000.jpg and so on for generated images.
std::vector<std::string> output_names(const ImageCompression::Params& params);

/// Checks that the output folder is not the input folder or inside it, by whatever path; otherwise
/// the next run would take the output for input.  Either may be missing, or not be a folder.
/// Errors: throws Error with the remedy.
void check_output_apart(const std::string& input, const std::string& folder);

/// Checks for everything that would prevent a batch's files from being written; changes nothing.
/// Errors: throws one Error for a folder that cannot be created or written, duplicate or too long
///         names, anything else in a file's place, and files that would replace an input file, by
///         whatever name or link.
void check_output_dir(const ImageCompression::Params& params);

/// Creates the output folder if it is missing, and a temporary file in it.
/// Errors: throws Error when it cannot be created or written.
void make_output_dir(const ImageCompression::Params& params);

/// Writes a file from its parts, first under another name, so that a file of this name is complete.
/// Errors: throws RunFailure naming the file, and leaves no unfinished file.
void write_parts(const std::string& folder, const std::string& name,
                 const std::vector<std::span<const std::byte>>& parts);

}  // namespace scalelaw::driver
