// Tables of text: CSV and its relatives.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "exchange_format_list.hpp"
#include "harness/exchange/counted.hpp"
#include "harness/exchange/delimited.hpp"
#include "harness/exchange/format.hpp"
#include "harness/exchange/naming.hpp"
#include "harness/exchange/numbers.hpp"
#include "harness/exchange/placed.hpp"
#include "harness/exchange/suggestion.hpp"

namespace scalelaw::harness {
namespace {

constexpr std::initializer_list<Meaning> counts{
    Meaning::workers, Meaning::ranks, Meaning::ranks_per_node, Meaning::threads, Meaning::nodes};
constexpr std::initializer_list<Meaning> time_meanings{Meaning::seconds, Meaning::rate};

char separator_of(const std::string& text, const ImportOptions& options) {
  const std::string& given = options.separator;
  if (given.empty()) return guess_separator(text);
  if (given == "tab") return '\t';
  if (given == "space") return ' ';
  if (given.size() == 1 && given != "\"" && given != "#") return given.front();
  throw Error(fmt::format("--separator '{}' is not one character", given),
              "give one character, tab or space");
}

/// A column that is read.
struct Column {
  std::size_t index = 0;
  std::string name;
  Use use;
};

Error unknown_column(int line, const std::string& name) {
  const std::string near = suggestion(name, usual_names());
  return Error(fmt::format("line {}: unknown column '{}'{}", line, name, near),
               fmt::format("say what it means (scalelaw import --column MEANING={0}, such as "
                           "seconds={0} or param.{0}={0}), or leave it out (--ignore {0})",
                           name));
}

std::string meaning_text(const Use& use) {
  if (use.meaning) return std::string(to_string(*use.meaning));
  return (use.is_option ? "option." : "param.") + use.name;
}

void require_different(int line, const std::vector<Column>& columns) {
  std::map<std::string, std::string> by_meaning;
  for (const Column& column : columns) {
    const auto [other, is_new] = by_meaning.try_emplace(meaning_text(column.use), column.name);
    if (is_new) continue;
    throw Error(fmt::format("line {}: the columns '{}' and '{}' both mean {}", line, other->second,
                            column.name, other->first),
                fmt::format("choose one: scalelaw import --column {}={} --ignore {}", other->first,
                            other->second, column.name));
  }
}

void require_enough(int line, const std::vector<Column>& columns) {
  const auto has = [&](std::initializer_list<Meaning> any) {
    return std::any_of(columns.begin(), columns.end(), [&](const Column& column) {
      return column.use.meaning &&
             std::find(any.begin(), any.end(), *column.use.meaning) != any.end();
    });
  };
  const auto require = [&](bool found, const char* what, const char* such_as) {
    if (found) return;
    throw Error(fmt::format("line {}: no column says the {}", line, what),
                fmt::format("give the file a header with a column such as {}, or name the column: "
                            "scalelaw import --column {}=NAME",
                            such_as, such_as));
  };
  require(has(counts), "number of workers", "workers");
  require(has(time_meanings), "time", "seconds");
}

std::vector<Column> columns_of(const DelimitedRow& header, const Naming& naming) {
  std::vector<std::string> names;
  for (const std::string& cell : header.cells) names.push_back(trimmed(cell));
  naming.require_present(names);
  std::vector<Column> out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto use = naming.use_of(names[i]);
    if (naming.is_ignored(names[i], use.has_value())) continue;
    if (!use) throw unknown_column(header.line, names[i]);
    out.push_back({i, names[i], *use});
  }
  require_different(header.line, out);
  require_enough(header.line, out);
  return out;
}

Measurement measurement_of(const DelimitedRow& row, std::size_t count,
                           const std::vector<Column>& columns, const std::string& unit) {
  if (row.cells.size() != count) {
    throw Error(fmt::format("{} cells, and the header has {}", row.cells.size(), count),
                "give each row a cell for each column");
  }
  Measurement out;
  out.where = fmt::format("line {}", row.line);
  for (const Column& column : columns) put(out, column.use, row.cells[column.index]);
  state_unit(out, unit);
  return out;
}

bool means(const std::vector<Column>& columns, Meaning meaning) {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const Column& column) { return column.use.meaning == meaning; });
}

/// Finds rows that are equal in every cell.
class EqualRows {
 public:
  void require_new(const DelimitedRow& row) {
    const auto [before, is_new] = lines_.try_emplace(row.cells, row.line);
    if (is_new) return;
    throw Error(fmt::format("the same row as line {}", before->second),
                "remove one of the two; if both were measured, number them in a column "
                "'repetition', or give scalelaw import --equal-rows");
  }

 private:
  std::map<std::vector<std::string>, int> lines_;
};

void note_unit(const std::vector<Column>& columns, Reading& reading) {
  const bool said = std::any_of(
      reading.measurements.begin(), reading.measurements.end(),
      [](const Measurement& one) { return !one.unit.empty() || !one.time.has_value(); });
  if (said) return;
  for (const Column& column : columns) {
    if (column.use.meaning != Meaning::seconds) continue;
    reading.notes.push_back(fmt::format(
        "the unit of the column '{}' is not said; seconds are assumed (--unit)", column.name));
  }
}

Reading read_csv(const ForeignFile& file, const ImportOptions& options) {
  const std::vector<DelimitedRow> rows =
      delimited_rows(file.text, separator_of(file.text, options));
  if (rows.empty())
    throw Error("line 1: it has no header", "give a header and a row for each time");
  const std::vector<Column> columns = columns_of(rows.front(), Naming(options));
  EqualRows equal;
  const bool numbered =
      options.equal_rows || means(columns, Meaning::repetition) || means(columns, Meaning::launch);
  Reading reading;
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    try {
      if (!numbered) equal.require_new(*row);
      reading.measurements.push_back(
          measurement_of(*row, rows.front().cells.size(), columns, options.unit));
    } catch (const Error& error) {
      throw Error(fmt::format("line {}: {}", row->line, error.what()), error.hint());
    }
  }
  note_unit(columns, reading);
  return reading;
}

bool is_csv(const ForeignFile& file) {
  for (const char* end : {".csv", ".tsv"}) {
    if (file.name.ends_with(end)) return true;
  }
  const std::string head = file.text.substr(0, file.text.find('\n', 1));
  std::set<Meaning> found;
  try {
    const auto rows = delimited_rows(head, guess_separator(head));
    if (rows.empty()) return false;
    for (const std::string& cell : rows.front().cells) {
      const auto use = Naming({}).use_of(trimmed(cell));
      if (use && use->meaning) found.insert(*use->meaning);
    }
  } catch (const Error&) {
    return false;
  }
  const auto has = [&](std::initializer_list<Meaning> any) {
    return std::any_of(any.begin(), any.end(), [&](Meaning one) { return found.contains(one); });
  };
  return has(time_meanings) && has(counts);
}

/// The keys of all parameters, or of all options.
std::vector<std::string> keys_of(const std::vector<CountedPoint>& points,
                                 nlohmann::json Point::*member) {
  std::set<std::string> keys;
  for (const CountedPoint& one : points) {
    const nlohmann::json& values = one.point->*member;
    if (!values.is_object()) continue;
    for (const auto& [key, value] : values.items()) keys.insert(key);
  }
  return {keys.begin(), keys.end()};
}

std::string cell_of(const nlohmann::json& values, const std::string& key) {
  if (!values.is_object() || !values.contains(key)) return {};
  return json_text(values[key]);
}

std::vector<std::string> cells_of(const CountedPoint& one, const std::vector<std::string>& params,
                                  const std::vector<std::string>& options) {
  const Point& point = *one.point;
  const Placement& at = point.placement;
  const std::string work = cell_of(point.work, "operations");
  std::vector<std::string> cells{point.id,
                                 point.experiment,
                                 fmt::format("{}", point.series),
                                 point.kernel,
                                 point.implementation,
                                 point.model.name,
                                 std::string(to_string(point.scaling)),
                                 fmt::format("{}", at.nodes),
                                 fmt::format("{}", at.ranks()),
                                 fmt::format("{}", at.threads),
                                 fmt::format("{}", at.workers())};
  for (const std::string& key : params) cells.push_back(cell_of(point.params, key));
  for (const std::string& key : options) cells.push_back(cell_of(point.options, key));
  cells.push_back(work);
  cells.emplace_back(to_string(point.clock));
  return cells;
}

std::string line_of(const std::vector<std::string>& cells) {
  std::vector<std::string> quoted;
  for (const std::string& cell : cells) quoted.push_back(quoted_cell(cell));
  return fmt::format("{}\n", fmt::join(quoted, ","));
}

/// Every sample of the launches that count.
std::string write_csv(const Results& results) {
  const std::vector<CountedPoint> points = counted_points(results);
  const auto params = keys_of(points, &Point::params), options = keys_of(points, &Point::options);
  std::vector<std::string> header{"id",     "experiment", "group", "kernel", "implementation",
                                  "model",  "scaling",    "nodes", "ranks",  "threads",
                                  "workers"};
  for (const std::string& key : params) header.push_back("param." + key);
  for (const std::string& key : options) header.push_back("option." + key);
  header.insert(header.end(), {"work", "clock", "launch", "repetition", "seconds"});
  std::string text = line_of(header);
  for (const CountedPoint& one : points) {
    const std::vector<std::string> start = cells_of(one, params, options);
    for (std::size_t launch = 0; launch < one.launches.size(); ++launch) {
      for (std::size_t sample = 0; sample < one.launches[launch].size(); ++sample) {
        std::vector<std::string> cells = start;
        cells.push_back(fmt::format("{}", launch + 1));
        cells.push_back(fmt::format("{}", sample + 1));
        cells.push_back(fmt::format("{}", one.launches[launch][sample]));
        text += line_of(cells);
      }
    }
  }
  return text;
}

}  // namespace

ExchangeFormat csv_format() {
  return {.name = "csv",
          .title = "a table of text (CSV)",
          .uses = {"column", "ignore", "separator", "unit", "equal-rows"},
          .recognizes = is_csv,
          .read = read_csv,
          .write = write_csv};
}

}  // namespace scalelaw::harness
