#include "drivers/record_writer.hpp"

#include <cerrno>
#include <cstring>

#include "common/error.hpp"

namespace scalelaw {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw Error("cannot write the record '" + path + "': " + std::strerror(errno),
              "give --report a file in a folder that exists and can be written");
}

}  // namespace

RecordWriter::RecordWriter(const std::string& path) : path_(path) {
  if (path_.empty()) return;
  out_.open(path_, std::ios::trunc);
  if (!out_) fail(path_);
}

void RecordWriter::write(const nlohmann::json& record) {
  if (path_.empty()) return;
  out_ << record.dump() << '\n' << std::flush;
  if (!out_) fail(path_);
}

}  // namespace scalelaw
