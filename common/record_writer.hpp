#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace scalelaw {

/// Writes the record (docs/record.md) line by line, flushed, so that measurements survive a crash.
/// A file that is not regular (a pipe) gets all lines at the end, because nothing written to it can
/// be undone.  An empty path writes nothing.
/// Errors: throws Error when the file cannot be opened or written.
class RecordWriter {
 public:
  explicit RecordWriter(const std::string& path);

  void write(const nlohmann::json& record);
  /// Undoes everything that has been written.
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

}  // namespace scalelaw
