#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/process/scratch_folder.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// What the argument that names a results file may be.
constexpr const char* results_file_help =
    "results file (.h5), or a file that `scalelaw import` reads without options";

/// The results of a file, which is a results file or one of another program that can be imported
/// without options.  Notes on what was left out go to stderr.
/// Errors: throws Error when it is neither.
Results open_results(const std::string& path);

/// Errors: throws Error when there is no file at `path`.
void check_is_there(const std::string& path);

/// Results files for Python: those that are given and, in place of each that was imported, one in
/// a temporary folder, which lives as long as this object.
class ScriptInputs {
 public:
  /// Errors: throws Error when a file is neither a results file nor one that can be imported.
  explicit ScriptInputs(const std::vector<std::string>& files);

  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }

 private:
  std::vector<std::string> paths_;
  std::optional<ScratchFolder> folder_;
};

}  // namespace scalelaw::harness
