#include "common/record_writer.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "common/error.hpp"
#include "common/json_text.hpp"

namespace scalelaw {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw Error("cannot write the record '" + path + "': " + std::strerror(errno),
              "choose a --record file in an existing, writable folder");
}

}  // namespace

RecordWriter::RecordWriter(const std::string& path) : path_(path) {
  if (path_.empty()) return;
  out_.open(path_, std::ios::trunc);
  if (!out_) fail(path_);
  std::error_code ignored;
  regular_ = std::filesystem::is_regular_file(path_, ignored);
}

void RecordWriter::write(const nlohmann::json& record) {
  if (path_.empty()) return;
  const std::string line = serialize(record) + '\n';
  if (regular_) {
    append(line);
  } else {
    held_ += line;
  }
}

void RecordWriter::restart() {
  held_.clear();
  if (!regular_) return;
  out_.close();
  out_.open(path_, std::ios::trunc);
  if (!out_) fail(path_);
}

void RecordWriter::finish() {
  if (!held_.empty()) append(held_);
}

void RecordWriter::append(const std::string& text) {
  out_ << text << std::flush;
  if (!out_) fail(path_);
}

}  // namespace scalelaw
