// Extra-P's JSON Lines.
// Source: Extra-P's documentation, docs/file-formats.md, and its reader,
//         extrap/fileio/file_reader/jsonlines_file_reader.py (4.2.5).
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "common/error.hpp"
#include "common/foreign_json.hpp"
#include "common/json_text.hpp"
#include "exchange_format_list.hpp"
#include "harness/exchange/counted.hpp"
#include "harness/exchange/extrap_series.hpp"
#include "harness/exchange/foreign.hpp"
#include "harness/exchange/format.hpp"
#include "harness/exchange/metric.hpp"
#include "harness/exchange/naming.hpp"
#include "harness/exchange/numbers.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

struct Line {
  int number = 0;
  json value;
};

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return {};
  if (!found->is_string()) throw Error(fmt::format("'{}' is not a text", key), "give it as a text");
  return found->get<std::string>();
}

std::vector<Line> lines_of(const std::string& text) {
  std::vector<Line> out;
  std::istringstream in(text);
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (trimmed(line).empty()) continue;
    try {
      json value = parse_foreign(line);
      if (!value.is_object() || !value.contains("params") || !value["params"].is_object()) {
        throw Error("it has no object 'params'", "give each line params and a value");
      }
      out.push_back({number, std::move(value)});
    } catch (const Error& error) {
      throw Error(fmt::format("line {}: {}", number, error.what()), error.hint());
    }
  }
  return out;
}

std::vector<std::string> metrics_of(const std::vector<Line>& lines) {
  std::vector<std::string> out;
  for (const Line& line : lines) {
    const std::string name = text_of(line.value, "metric");
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  }
  return out;
}

void require_same_params(const Line& line, const Line& first) {
  const json &here = line.value["params"], &there = first.value["params"];
  for (const auto& [name, value] : there.items()) {
    if (here.contains(name)) continue;
    throw Error(fmt::format("the parameter '{}' is missing", name),
                fmt::format("give each line the parameters of line {}", first.number));
  }
  if (here.size() != there.size()) {
    throw Error(fmt::format("it has other parameters than line {}", first.number),
                "give each line the same parameters");
  }
}

Measurement measurement_of(const Line& line, const Naming& naming, const std::string& unit) {
  Measurement out;
  out.where = fmt::format("line {}", line.number);
  out.texts[Meaning::series] = text_of(line.value, "callpath");
  out.unit = unit;
  for (const auto& [name, value] : line.value["params"].items()) {
    put_parameter(out, naming, name, json_text(value));
  }
  if (!line.value.contains("value")) throw Error("the value is missing", "give each line a value");
  out.time = positive_number(json_text(line.value["value"]), "the time");
  return out;
}

Reading read_jsonl(const ForeignFile& file, const ImportOptions& options) {
  const std::vector<Line> lines = lines_of(file.text);
  Reading reading;
  if (lines.empty()) return reading;
  const Naming naming(options);
  std::vector<std::string> parameters;
  for (const auto& [name, value] : lines.front().value["params"].items())
    parameters.push_back(name);
  naming.require_present(parameters);
  const std::string metric = chosen_metric(metrics_of(lines), options);
  for (const Line& line : lines) {
    try {
      require_same_params(line, lines.front());
      if (text_of(line.value, "metric") != metric) continue;
      reading.measurements.push_back(measurement_of(line, naming, options.unit));
    } catch (const Error& error) {
      throw Error(fmt::format("line {}: {}", line.number, error.what()), error.hint());
    }
  }
  note_assumed_unit(reading, options);
  return reading;
}

bool is_jsonl(const ForeignFile& file) {
  std::istringstream in(file.text);
  for (std::string line; std::getline(in, line);) {
    if (trimmed(line).empty()) continue;
    const json value = json::parse(line, nullptr, false);
    return value.is_object() && value.contains("params") && value.contains("value");
  }
  return false;
}

std::string write_jsonl(const Results& results) {
  const std::vector<CountedPoint> points = series_points(results);
  const auto names = series_names(points);
  std::vector<Placement> places;
  for (const CountedPoint& one : points) places.push_back(one.point->placement);
  const auto parameters = placement_parameters(places);
  std::string text;
  for (const CountedPoint& one : points) {
    nlohmann::ordered_json line;
    for (const PlacementParameter& parameter : parameters) {
      line["params"][parameter.name] = parameter.value(one.point->placement);
    }
    line["callpath"] = names.at(one.point->series);
    line["metric"] = time_metric;
    for (const double seconds : one.medians_s) {
      line["value"] = seconds;
      text += serialize(line) + "\n";
    }
  }
  return text;
}

}  // namespace

ExchangeFormat extrap_jsonl_format() {
  return {.name = "extrap-jsonl",
          .title = "Extra-P's JSON Lines",
          .launch = "line",
          .uses = {"column", "ignore", "unit", "metric"},
          .recognizes = is_jsonl,
          .read = read_jsonl,
          .write = write_jsonl};
}

}  // namespace scalelaw::harness
