#include "harness/store/record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "harness/store/json.hpp"

namespace scalelaw {
namespace {

using nlohmann::json;

constexpr int known_schema = 1;

std::string fault_of_header(const json& header) {
  if (!header.contains("schema") || !header["schema"].is_number_integer()) {
    return "its header has no schema version";
  }
  const auto schema = header["schema"].get<std::int64_t>();
  if (schema != known_schema) {
    return fmt::format(
        "its schema is {}, and this harness reads schema {}: use a driver and a "
        "harness of one version",
        schema, known_schema);
  }
  for (const char* key : {"driver", "kernel", "model"}) {
    if (!header.contains(key) || !header[key].is_string()) {
      return fmt::format("its header has no {}", key);
    }
  }
  return {};
}

std::string fault_of_sample(const Sample& sample, std::size_t expected_index) {
  if (sample.index != static_cast<std::int64_t>(expected_index)) {
    return fmt::format("sample {} stands where sample {} belongs", sample.index, expected_index);
  }
  if (!std::isfinite(sample.total_s) || sample.total_s < 0) {
    return fmt::format("sample {} has no total_s", sample.index);
  }
  if (sample.ranks.empty()) return fmt::format("sample {} has no ranks", sample.index);
  return {};
}

/// Adds one line's content to `record`; what is wrong with it, or nothing.
std::string take_line(const json& line, Record& record) {
  if (!line.is_object() || !line.contains("record") || !line["record"].is_string()) {
    return "a line is not a record";
  }
  const std::string& kind = line["record"].get_ref<const std::string&>();
  if (kind == "header") {
    if (!record.header.is_null()) return "it has a second header";
    std::string fault = fault_of_header(line);
    if (fault.empty()) record.header = line;
    return fault;
  }
  if (record.header.is_null()) return fmt::format("a {} comes before the header", kind);
  if (kind == "sample") {
    Sample sample = sample_from_json(line);
    std::string fault = fault_of_sample(sample, record.samples.size());
    if (fault.empty()) record.samples.push_back(std::move(sample));
    return fault;
  }
  if (kind == "end") {
    const auto samples = line.at("samples").get<std::int64_t>();
    // The end counts what was asked for by --samples; diagnostic samples come on top.
    const auto timed = std::count_if(record.samples.begin(), record.samples.end(),
                                     [](const Sample& sample) { return !sample.diagnostic; });
    if (samples != timed) {
      return fmt::format("its end counts {} samples, but it has {}", samples, timed);
    }
    record.ended = true;
    return {};
  }
  return fmt::format("it has a line of the unknown kind '{}'", kind);
}

}  // namespace

Record parse_record(std::string_view text) {
  Record record;
  std::int64_t number = 0;
  while (!text.empty() && !record.ended) {
    ++number;
    const std::size_t newline = text.find('\n');
    const std::string_view line = text.substr(0, newline);
    const bool whole = newline != std::string_view::npos;
    text = whole ? text.substr(newline + 1) : std::string_view{};
    std::string fault;
    try {
      fault = take_line(json::parse(line), record);
    } catch (const std::exception& error) {  // not JSON, a missing key, a wrong type
      fault = whole ? fmt::format("malformed: {}", error.what()) : "it breaks off inside a line";
    }
    if (!fault.empty()) {
      record.fault = fmt::format("record, line {}: {}", number, fault);
      return record;
    }
  }
  if (record.header.is_null()) {
    record.fault = "the record is empty";
  } else if (!record.ended) {
    record.fault = fmt::format("the record has no end: the driver died after {} samples",
                               record.samples.size());
  }
  return record;
}

Record read_record(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file) {
    Record none;
    none.fault = "the driver left no record";
    return none;
  }
  text << file.rdbuf();
  if (!file.eof() && file.fail()) {
    Record none;
    none.fault = "the record cannot be read";
    return none;
  }
  return parse_record(text.view());
}

}  // namespace scalelaw
