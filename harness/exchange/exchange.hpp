#pragma once

#include <string>
#include <vector>

#include "harness/exchange/format.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// All formats, in the order in which they are tried.
const std::vector<ExchangeFormat>& exchange_formats();

/// The names of the formats that can be read, or of those that can be written.
std::vector<std::string> import_format_names();
std::vector<std::string> export_format_names();

/// Times of other programs as results, and what was left out of them.
struct Imported {
  Results results;
  std::vector<std::string> notes;
};

/// Reads files of one format.  A path may be "-" for stdin.  Everything after measuring works on the
/// results: each point is marked as imported, and what no file says is unknown.
/// Errors: throws Error when a file cannot be read, when its format is not recognised, when an
///         option is given that the format does not use, and for contents that are wrong, with their
///         place.
Imported import_files(const std::vector<std::string>& paths, const ImportOptions& options);

/// The same from texts.
Imported import_texts(const std::vector<ForeignFile>& files, const ImportOptions& options);

/// Whether the file is of a format that can be imported.
bool is_importable(const std::string& path);

/// The launches that count, as a file of that format.
/// Errors: throws Error for an unknown format, and when the format cannot hold the results.
std::string export_text(const Results& results, const std::string& format);

}  // namespace scalelaw::harness
