#include "harness/store/record.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <filesystem>
#include <limits>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "harness/results/phases.hpp"
#include "harness/store/record_rules.hpp"
#include "harness/store/regular_file.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

constexpr std::int64_t most_record_bytes = std::int64_t{512} << 20;  // a million samples
constexpr std::size_t most_line_bytes = std::size_t{64} << 20;
constexpr std::size_t longest_fault = 500;

std::string in_line(std::int64_t number, const std::string& fault) {
  return fmt::format("line {}: {}", number, fault);
}

/// The same, of a part that the rules have judged.
std::string in_part(const std::string& part, const std::string& fault) {
  return fault.empty() ? fault : part + ": " + fault;
}

std::vector<Phase> phases_of(const json& header) {
  std::vector<Phase> phases;
  for (const json& phase : header.value("phases", json::array())) {
    phases.push_back({phase.at("name").get<std::string>(),
                      enum_from<Role>(phase.at("role").get_ref<const std::string&>())});
  }
  return phases;
}

Observed observed_in(const json& rank) {
  Observed out;
  for (const auto& [name, member] : observed_quantities) {
    out.*member = rank.value(std::string(name), Observed::unknown);
  }
  return out;
}

RankTimes rank_of(const json& object, std::int64_t number, const std::vector<Phase>& phases) {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  RankTimes rank{.rank = number,
                 .phases = {},
                 .wait_s = object.value("wait_s", unknown),
                 .total_s = object.at("total_s").get<double>(),
                 .busy_s = object.value("busy_s", std::vector<double>{}),
                 .items = object.value("items", std::int64_t{-1}),
                 .process_s = object.value("process_s", unknown),
                 .user_s = object.value("user_s", unknown),
                 .system_s = object.value("system_s", unknown),
                 .peak_bytes = object.value("peak_bytes", std::int64_t{-1}),
                 .seen = observed_in(object)};
  for (const Phase& phase : phases) {
    rank.phases.push_back(
        {phase.name, phase.role, object.at("phases_s").at(phase.name).get<double>()});
  }
  return rank;
}

/// A line that the rules have accepted.
Sample sample_of(const json& line, const std::vector<Phase>& phases) {
  Sample sample{.index = line.at("index").get<std::int64_t>(),
                .diagnostic = line.at("diagnostic").get<bool>(),
                .total_s = line.at("total_s").get<double>(),
                .phases = {},
                .ranks = {},
                .stages = {},
                .facts = line.at("facts").get<std::map<std::string, std::string>>(),
                .verified = line.at("verified").get<bool>(),
                .fault = line.at("fault").get<std::string>()};
  for (const json& rank : line.at("ranks")) {
    sample.ranks.push_back(rank_of(rank, static_cast<std::int64_t>(sample.ranks.size()), phases));
  }
  sample.phases = longest_phases(sample.ranks);
  for (const json& one : line.value("stages", json::array())) {
    sample.stages.push_back({one.at("stage").get<std::string>(), one.at("busy_s").get<double>()});
  }
  return sample;
}

/// Adds the content of line `number` to `record`.  Returns what is wrong and where, or an empty
/// text.
std::string take_line(const json& line, std::int64_t number, Record& record) {
  if (!line.is_object() || !line.contains("record") || !line["record"].is_string()) {
    return in_line(number, "it is not a record");
  }
  const std::string& kind = line["record"].get_ref<const std::string&>();
  if (kind == "header") {
    if (!record.header.is_null()) return in_line(number, "a second header");
    std::string fault = in_part(kind, fault_of_header(line));
    if (fault.empty()) record.header = line;
    return fault;
  }
  if (kind != "sample" && kind != "end") {
    return in_line(number, fmt::format("it is of the unknown kind '{}'", kind));
  }
  if (record.header.is_null()) return in_line(number, kind + " before the header");
  if (kind == "end") {
    std::string fault = in_part(kind, fault_of_end(line, record));
    record.ended = fault.empty();
    return fault;
  }
  const auto index = static_cast<std::int64_t>(record.samples.size());
  std::string fault =
      in_part(fmt::format("sample {}", index), fault_of_sample(line, record.header, index));
  if (fault.empty()) record.samples.push_back(sample_of(line, phases_of(record.header)));
  return fault;
}

/// What is wrong with line `number`, and where; `whole`: a newline ends it.
std::string fault_of_line(std::string_view line, bool whole, std::int64_t number, Record& record) {
  if (line.size() > most_line_bytes) {
    return in_line(number, fmt::format("it has more than {} MiB", most_line_bytes >> 20));
  }
  try {
    return take_line(parse_foreign(line), number, record);
  } catch (const Error& error) {  // not JSON
    return in_line(number, whole ? error.what() : "it breaks off");
  }
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
    const std::string fault = fault_of_line(line, whole, number, record);
    if (fault.empty()) continue;
    record.fault = "the record's " + fault.substr(0, longest_fault);
    return record;
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
  Record none;
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    none.fault = "the driver left no record";
    return none;
  }
  std::string text;
  try {
    text = RegularFile(path, O_RDONLY, {}).read_all(most_record_bytes);
  } catch (const Error& error) {
    none.fault = fmt::format("the record cannot be read: {}", error.what());
    none.refused = std::filesystem::is_regular_file(path, ignored) &&
                   std::filesystem::file_size(path, ignored) <= most_record_bytes;
    return none;
  }
  return parse_record(text);
}

}  // namespace scalelaw::harness
