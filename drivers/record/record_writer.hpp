#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace scalelaw::driver {

/// Writes the record (docs/record.md) line by line, flushed, so that what was measured survives a
/// crash.  What is not a regular file (a pipe) gets all lines at the end, since nothing can be
/// taken back from it.  An empty path writes nothing. Errors: throws Error when the file cannot be
/// opened or written.
class RecordWriter {
 public:
  explicit RecordWriter(const std::string& path);

  void write(const nlohmann::json& record);
  /// Takes back all that has been written.
  void restart();
  /// Call it last.
  void finish();

 private:
  void append(const std::string& text);

  std::string path_;
  std::ofstream out_;
  bool regular_ = false;
  std::string held_;  ///< lines for a file that is not regular
};

}  // namespace scalelaw::driver
