#include "harness/store/checked_line.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include "common/error.hpp"
#include "common/json_text.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// The start of a line, before `rest`: the object without its opening brace.
std::string beginning(std::string_view rest) {
  const uLong checksum = crc32_z(0, reinterpret_cast<const Bytef*>(rest.data()), rest.size());
  return fmt::format("{{\"crc32\":\"{:08x}\",", checksum);
}

}  // namespace

std::string checked_line(const json& object) {
  const std::string text = serialize(object);
  const std::string_view rest = std::string_view(text).substr(1);
  std::string line = beginning(rest);
  line.append(rest).push_back('\n');
  return line;
}

bool is_checked_line(std::string_view line) {
  return line.starts_with("{\"crc32\"");
}

json parse_checked_line(std::string_view line) {
  const std::size_t size = beginning({}).size();
  if (line.size() < size || line.substr(0, size) != beginning(line.substr(size))) {
    throw Error("its checksum does not match", "restore it from a copy");
  }
  return json::parse(line);
}

}  // namespace scalelaw::harness
