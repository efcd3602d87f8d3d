#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace scalelaw {

/// Writes the record (docs/record.md) line by line, flushed, so that what was measured survives a
/// crash.  An empty path writes nothing.
/// Errors: throws Error when the file cannot be opened or written.
class RecordWriter {
 public:
  explicit RecordWriter(const std::string& path);
  void write(const nlohmann::json& record);

 private:
  std::string path_;
  std::ofstream out_;
};

}  // namespace scalelaw
