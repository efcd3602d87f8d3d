// Extra-P's text format.
// Source: Extra-P's documentation, docs/file-formats.md, and its reader,
//         extrap/fileio/file_reader/text_file_reader.py (4.2.5).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "common/error.hpp"
#include "exchange_format_list.hpp"
#include "harness/exchange/counted.hpp"
#include "harness/exchange/extrap_series.hpp"
#include "harness/exchange/format.hpp"
#include "harness/exchange/metric.hpp"
#include "harness/exchange/naming.hpp"
#include "harness/exchange/numbers.hpp"

namespace scalelaw::harness {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

/// The times of one point of one region.
struct Data {
  int line = 0;
  std::string region, metric;
  std::size_t point = 0;
  std::vector<std::string> values{};
};

/// A file, line by line.
class Parser {
 public:
  void take(int number, const std::string& text) {
    const std::string line = trimmed(text);
    if (line.empty() || line.front() == '#') return;
    const auto blank = std::min(line.find_first_of(" \t"), line.size());
    const std::string field = line.substr(0, blank), value = trimmed(line.substr(blank));
    if (field == "PARAMETER") {
      for (std::string& word : words_of(value)) parameters.push_back(std::move(word));
    } else if (field == "POINTS") {
      take_points(value);
    } else if (field == "REGION") {
      region_ = value;
      next_ = 0;
    } else if (field == "METRIC") {
      metric_ = value;
      if (std::find(metrics.begin(), metrics.end(), value) == metrics.end()) {
        metrics.push_back(value);
      }
      next_ = 0;
    } else if (field == "DATA") {
      take_data(number, value);
    } else {
      throw Error(fmt::format("unknown field '{}'", field),
                  "the fields are PARAMETER, POINTS, REGION, METRIC and DATA");
    }
  }

  std::vector<std::string> parameters, metrics;
  std::vector<std::vector<std::string>> points;  ///< the values of the parameters
  std::vector<Data> data;

 private:
  void take_points(std::string text) {
    if (parameters.empty()) {
      throw Error("POINTS stand before any PARAMETER", "name the parameters first");
    }
    for (char& c : text) {
      if (c == '(' || c == ')' || c == ',') c = ' ';
    }
    std::vector<std::string> words = words_of(text);
    if (words.empty() || words.size() % parameters.size() != 0) {
      throw Error(
          fmt::format("{} values are no points of {} parameters", words.size(), parameters.size()),
          "give each point a value for each PARAMETER");
    }
    for (auto word = words.begin(); word != words.end();) {
      const auto end = word + static_cast<std::ptrdiff_t>(parameters.size());
      points.emplace_back(word, end);
      word = end;
    }
  }

  void take_data(int number, const std::string& value) {
    if (next_ >= points.size()) {
      throw Error(fmt::format("a line of DATA too many: there are {} POINTS", points.size()),
                  "give each region and metric one line of DATA for each point");
    }
    Data one{number, region_, metric_, next_++, words_of(value)};
    if (one.values.empty()) throw Error("DATA without a value", "give the times of the point");
    if (metrics.empty()) metrics.emplace_back();
    data.push_back(std::move(one));
  }

  std::string region_, metric_;
  std::size_t next_ = 0;  // line of DATA
};

Parser parsed(const std::string& text) {
  Parser parser;
  std::istringstream in(text);
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    try {
      parser.take(++number, line);
    } catch (const Error& error) {
      throw Error(fmt::format("line {}: {}", number, error.what()), error.hint());
    }
  }
  return parser;
}

Reading read_extrap(const ForeignFile& file, const ImportOptions& options) {
  const Parser parser = parsed(file.text);
  const Naming naming(options);
  naming.require_present(parser.parameters);
  const std::string metric = chosen_metric(parser.metrics, options);
  Reading reading;
  for (const Data& data : parser.data) {
    if (data.metric != metric) continue;
    try {
      Measurement one;
      one.where = fmt::format("line {}", data.line);
      one.texts[Meaning::series] = data.region;
      one.unit = options.unit;
      for (std::size_t i = 0; i < parser.parameters.size(); ++i) {
        put_parameter(one, naming, parser.parameters[i], parser.points[data.point][i]);
      }
      for (std::size_t i = 0; i < data.values.size(); ++i) {
        one.texts[Meaning::repetition] = fmt::format("{}", i + 1);
        one.time = positive_number(data.values[i], "the time");
        reading.measurements.push_back(one);
      }
    } catch (const Error& error) {
      throw Error(fmt::format("line {}: {}", data.line, error.what()), error.hint());
    }
  }
  note_assumed_unit(reading, options);
  return reading;
}

bool is_extrap(const ForeignFile& file) {
  std::istringstream in(file.text);
  for (std::string line; std::getline(in, line);) {
    line = trimmed(line);
    if (line.empty() || line.front() == '#') continue;
    return line.starts_with("PARAMETER ") || line.starts_with("PARAMETER\t");
  }
  return false;
}

/// The times of one series, by placement.
using Region = std::map<Placement, const std::vector<double>*>;

std::string write_extrap(const Results& results) {
  const std::vector<CountedPoint> points = series_points(results);
  const auto names = series_names(points);
  std::map<std::int64_t, Region> regions;
  std::vector<Placement> places;
  for (const CountedPoint& one : points) {
    regions[one.point->series][one.point->placement] = &one.medians_s;
    places.push_back(one.point->placement);
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  const auto parameters = placement_parameters(places);
  std::string text = "# Written by scalelaw: the median of each launch, in seconds\n";
  for (const PlacementParameter& one : parameters) text += "PARAMETER " + one.name + "\n";
  text += "POINTS";
  for (const Placement& place : places) {
    std::vector<std::int64_t> values;
    for (const PlacementParameter& one : parameters) values.push_back(one.value(place));
    const std::string joined = fmt::format("{}", fmt::join(values, " "));
    text += values.size() == 1 ? " " + joined : " ( " + joined + " )";
  }
  text += "\n";
  for (const auto& [series, region] : regions) {
    if (region.size() != places.size()) {
      throw Error(
          fmt::format("'{}' was measured at {} of {} placements, and Extra-P's text format "
                      "needs all of them for each series",
                      names.at(series), region.size(), places.size()),
          "choose some with --filter, or export with --format extrap-jsonl, which does not");
    }
    text += fmt::format("\nREGION {}\nMETRIC {}\n", names.at(series), time_metric);
    for (const auto& [place, times] : region)
      text += fmt::format("DATA {}\n", fmt::join(*times, " "));
  }
  return text;
}

}  // namespace

ExchangeFormat extrap_format() {
  return {.name = "extrap",
          .title = "Extra-P's text",
          .launch = "value",
          .uses = {"column", "ignore", "unit", "metric"},
          .recognizes = is_extrap,
          .read = read_extrap,
          .write = write_extrap};
}

}  // namespace scalelaw::harness
