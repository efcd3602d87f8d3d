#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/exchange/measurement.hpp"

namespace scalelaw::harness {

/// A format of files that other programs write or read.  Each is one file of this folder, with one
/// function that returns it (harness/CMakeLists.txt lists them).
struct ExchangeFormat {
  std::string_view name;   ///< as --format has it, e.g. "hyperfine"
  std::string_view title;  ///< e.g. "hyperfine's JSON"
  /// What one launch is in it, for advice: "run", as in "at least 6 runs".
  std::string_view launch{};
  /// The options of ImportOptions that it uses besides `scaling` and `series`, by their names on the
  /// command line.
  std::vector<std::string_view> uses{};
  /// Whether a file is of this format, by its name and contents.
  bool (*recognizes)(const ForeignFile& file) = nullptr;
  /// Reads a file.
  /// Errors: throws Error, with the place in the file.
  Reading (*read)(const ForeignFile& file, const ImportOptions& options) = nullptr;
  /// Writes results; null: this format is only read.
  /// Errors: throws Error when the format cannot hold them.
  std::string (*write)(const Results& results) = nullptr;
};

}  // namespace scalelaw::harness
