// Tables of text: CSV and its relatives.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "common/shell_word.hpp"
#include "exchange_format_list.hpp"
#include "harness/exchange/counted.hpp"
#include "harness/exchange/delimited.hpp"
#include "harness/exchange/format.hpp"
#include "harness/exchange/import_command.hpp"
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

/// A cell without white space at its ends, and with a point for a decimal comma where commas separate
/// nothing.
std::string with_point(std::string_view cell, char separator) {
  std::string out = trimmed(cell);
  if (separator != ',') std::ranges::replace(out, ',', '.');
  return out;
}

bool is_whole_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

bool is_any(const std::vector<Column>& columns, std::initializer_list<Meaning> any) {
  return std::any_of(columns.begin(), columns.end(), [&](const Column& column) {
    return column.use.meaning &&
           std::find(any.begin(), any.end(), *column.use.meaning) != any.end();
  });
}

std::string meaning_text(const Use& use) {
  if (use.meaning) return std::string(to_string(*use.meaning));
  return (use.is_option ? "option." : "param.") + use.name;
}

/// The table of a file: its header, and what its columns mean.
class Header {
 public:
  Header(const std::vector<DelimitedRow>& rows, char separator, const ImportOptions& options)
      : rows_(rows), separator_(separator), options_(options), line_(rows.front().line) {
    for (const std::string& cell : rows.front().cells) names_.push_back(trimmed(cell));
    drop_empty_end();
    require_names();
    const Naming naming(options);
    naming.require_present(names_);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const auto use = naming.use_of(names_[i]);
      if (naming.is_ignored(names_[i], use.has_value())) continue;
      use ? columns_.push_back({i, names_[i], *use}) : unknown_.push_back(i);
    }
    if (!unknown_.empty()) throw unknown_columns();
    require_different();
    require_enough();
  }

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  [[nodiscard]] std::size_t count() const { return names_.size(); }

 private:
  /// Spreadsheets end each line with a separator where a column was once.
  void drop_empty_end() {
    const auto is_empty = [&](const DelimitedRow& row) {
      return row.cells.size() < names_.size() || trimmed(row.cells[names_.size() - 1]).empty();
    };
    while (!names_.empty() && names_.back().empty() && std::ranges::all_of(rows_, is_empty)) {
      names_.pop_back();
    }
  }

  void require_names() const {
    if (std::ranges::all_of(
            names_, [&](const auto& name) { return is_number(with_point(name, separator_)); })) {
      throw Error(
          fmt::format("line {}: it has numbers where the names of the columns should be", line_),
          fmt::format("put a line with names above it, such as: {}", example_header()));
    }
    const auto nameless = std::ranges::find(names_, "");
    if (nameless == names_.end()) return;
    throw Error(fmt::format("line {}: column {} has no name, and its cells are not all empty",
                            line_, nameless - names_.begin() + 1),
                "name each column, or remove the separator that is too many");
  }

  /// Names for columns without any: the workers are whole numbers, and the times the last ones.
  [[nodiscard]] std::string example_header() const {
    std::vector<std::string> out{"workers"};
    for (std::size_t i = 2; i < names_.size(); ++i) out.push_back(fmt::format("param.x{}", i - 1));
    if (names_.size() > 1) out.emplace_back("seconds");
    return fmt::format("{}", fmt::join(out, std::string(1, separator_)));
  }

  [[nodiscard]] bool all_cells(std::size_t column, bool (*is_so)(std::string_view)) const {
    return std::all_of(rows_.begin() + 1, rows_.end(), [&](const DelimitedRow& row) {
      return column < row.cells.size() && is_so(with_point(row.cells[column], separator_));
    });
  }

  /// What is missing is most likely in the unknown columns that look like it; the others are left
  /// out.
  [[nodiscard]] std::vector<std::string> guess() const {
    std::vector<std::size_t> left = unknown_;
    std::vector<std::string> words;
    const auto take = [&](bool is_there, const char* meaning, bool (*like)(std::string_view)) {
      const auto found =
          std::ranges::find_if(left, [&](std::size_t i) { return all_cells(i, like); });
      if (is_there || found == left.end()) return;
      words.insert(words.end(), {"--column", fmt::format("{}={}", meaning, names_[*found])});
      left.erase(found);
    };
    take(is_any(columns_, counts), "workers", is_whole_number);
    take(is_any(columns_, time_meanings), "seconds", is_number);
    for (const std::size_t i : left) words.insert(words.end(), {"--ignore", names_[i]});
    return words;
  }

  [[nodiscard]] Error unknown_columns() const {
    const std::string& name = names_[unknown_.front()];
    const bool enough = is_any(columns_, counts) && is_any(columns_, time_meanings);
    const std::string hint = fmt::format(
        "say what the columns mean{}, or leave them out: {}",
        enough ? fmt::format(" ({}, if times depend on it)",
                             shell_words({"--column", fmt::format("param.{0}={0}", name)}))
               : "",
        import_command(options_, guess()));
    return Error(
        fmt::format("line {}: unknown column '{}'{}", line_, name, suggestion(name, usual_names())),
        hint);
  }

  void require_different() const {
    std::map<std::string, std::string> by_meaning;
    for (const Column& column : columns_) {
      const std::string meaning = meaning_text(column.use);
      const auto [other, is_new] = by_meaning.try_emplace(meaning, column.name);
      if (is_new) continue;
      if (other->second == column.name) {
        throw Error(fmt::format("line {}: two columns are named '{}'", line_, column.name),
                    "rename one of them in the file");
      }
      throw Error(
          fmt::format("line {}: the columns '{}' and '{}' both mean {}", line_, other->second,
                      column.name, meaning),
          "choose one: " + import_command(options_, {"--column", meaning + "=" + other->second,
                                                     "--ignore", column.name}));
    }
  }

  void require_enough() const {
    const auto require = [&](bool found, const char* what, const char* such_as) {
      if (found) return;
      throw Error(fmt::format("line {}: no column says the {}", line_, what),
                  fmt::format("add a column with a name such as '{}'", such_as));
    };
    require(is_any(columns_, counts), "number of workers", "workers");
    require(is_any(columns_, time_meanings), "time", "seconds");
  }

  const std::vector<DelimitedRow>& rows_;
  char separator_;
  const ImportOptions& options_;
  int line_;
  std::vector<std::string> names_;
  std::vector<Column> columns_;
  std::vector<std::size_t> unknown_;
};

/// Numbers of columns that count or time, with a comma in place of the point.  Where commas do not
/// separate cells, spreadsheets of many countries write such.
class DecimalCommas {
 public:
  DecimalCommas(const std::vector<Column>& columns, char separator)
      : columns_(columns), possible_(separator != ',') {}

  /// Writes the numbers of the rows after the header with a point.
  /// Errors: throws Error where numbers have commas and points: one of them groups thousands.
  void replace(std::vector<DelimitedRow>& rows) const {
    const DelimitedRow* pointed = nullptr;
    std::vector<std::pair<DelimitedRow*, std::string*>> cells;
    for (auto row = rows.begin() + 1; possible_ && row != rows.end(); ++row) {
      for (const Column& column : columns_) {
        if (!is_numeric(column) || column.index >= row->cells.size()) continue;
        std::string& cell = row->cells[column.index];
        if (cell.find('.') != std::string::npos) pointed = &*row;
        if (cell.find(',') != std::string::npos) cells.emplace_back(&*row, &cell);
      }
    }
    for (const auto& [row, cell] : cells) {
      if (pointed != nullptr || std::count(cell->begin(), cell->end(), ',') > 1) {
        throw Error(
            fmt::format("line {}: '{}' has a comma{}", row->line, trimmed(*cell),
                        pointed == nullptr
                            ? " more than once"
                            : fmt::format(", and line {} has numbers with a point", pointed->line)),
            "write all numbers with a point, and thousands without a sign: 1234.5");
      }
      std::ranges::replace(*cell, ',', '.');
    }
  }

 private:
  static bool is_numeric(const Column& column) {
    if (!column.use.meaning) return false;
    constexpr std::array numeric{Meaning::seconds, Meaning::rate, Meaning::work, Meaning::size};
    return std::ranges::find(numeric, *column.use.meaning) != numeric.end();
  }

  const std::vector<Column>& columns_;
  bool possible_;
};

Measurement measurement_of(const DelimitedRow& row, std::size_t count,
                           const std::vector<Column>& columns, const std::string& unit) {
  if (row.cells.size() != count) {
    throw Error(fmt::format("{} cells, and the header has {}", row.cells.size(), count),
                row.cells.size() < count
                    ? "give each row a cell for each column"
                    : "give each row a cell for each column; where a comma is a decimal sign, "
                      "separate cells by ';'");
  }
  Measurement out;
  out.where = fmt::format("line {}", row.line);
  for (const Column& column : columns) put(out, column.use, row.cells[column.index]);
  state_unit(out, unit);
  return out;
}

/// Finds rows that are equal in every cell.
class EqualRows {
 public:
  explicit EqualRows(const ImportOptions& options) : options_(options) {}

  void require_new(const DelimitedRow& row) {
    const auto [before, is_new] = lines_.try_emplace(row.cells, row.line);
    if (is_new) return;
    throw Error(fmt::format("the same row as line {}", before->second),
                "remove one of the two; if both were measured: " +
                    import_command(options_, {"--equal-rows"}));
  }

 private:
  const ImportOptions& options_;
  std::map<std::vector<std::string>, int> lines_;
};

void note_unit(const std::vector<Column>& columns, const ImportOptions& options, Reading& reading) {
  const bool said = std::any_of(
      reading.measurements.begin(), reading.measurements.end(),
      [](const Measurement& one) { return !one.unit.empty() || !one.time.has_value(); });
  if (said) return;
  for (const Column& column : columns) {
    if (column.use.meaning != Meaning::seconds) continue;
    reading.notes.push_back(
        fmt::format("the unit of the column '{}' is not said: seconds are assumed; if they are "
                    "milliseconds: {}",
                    column.name, import_command(options, {"--unit", "ms"})));
  }
}

/// "# cores seconds" in the line above the first numbers: a header for gnuplot and its like.
std::optional<DelimitedRow> commented_header(const std::string& text, char separator,
                                             const std::vector<DelimitedRow>& rows) {
  const auto is_value = [&](const auto& cell) { return is_number(with_point(cell, separator)); };
  if (rows.empty() || !std::ranges::all_of(rows.front().cells, is_value)) return std::nullopt;
  std::istringstream lines(text);
  std::string line;
  for (int i = 1; i < rows.front().line; ++i) std::getline(lines, line);
  const std::string comment = trimmed(line);
  if (!comment.starts_with('#')) return std::nullopt;
  const std::size_t begin = std::min(comment.find_first_not_of("# \t"), comment.size());
  auto found = delimited_rows(comment.substr(begin), separator);
  if (found.size() != 1 || found.front().cells.size() != rows.front().cells.size()) {
    return std::nullopt;
  }
  found.front().line = rows.front().line - 1;
  return found.front();
}

/// The rows that say anything.  Some spreadsheets write empty ones as a line of separators, and end
/// lines with a carriage return alone.
std::vector<DelimitedRow> rows_of(const ForeignFile& file, char separator) {
  std::string text = file.text;
  if (text.find('\n') == std::string::npos) std::ranges::replace(text, '\r', '\n');
  std::vector<DelimitedRow> rows = delimited_rows(text, separator);
  std::erase_if(rows, [](const DelimitedRow& row) {
    return std::ranges::all_of(row.cells, [](const auto& cell) { return trimmed(cell).empty(); });
  });
  if (auto header = commented_header(text, separator, rows)) {
    rows.insert(rows.begin(), *std::move(header));
  }
  return rows;
}

Reading read_csv(const ForeignFile& file, const ImportOptions& options) {
  const char separator = separator_of(file.text, options);
  std::vector<DelimitedRow> rows = rows_of(file, separator);
  if (rows.empty()) {
    throw Error("line 1: it has no header", "give a header and a row for each time");
  }
  const Header header(rows, separator, options);
  const std::vector<Column>& columns = header.columns();
  DecimalCommas(columns, separator).replace(rows);
  EqualRows equal(options);
  const bool numbered =
      options.equal_rows || is_any(columns, {Meaning::repetition, Meaning::launch});
  Reading reading;
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    try {
      while (row->cells.size() > header.count() && trimmed(row->cells.back()).empty()) {
        row->cells.pop_back();
      }
      if (!numbered) equal.require_new(*row);
      reading.measurements.push_back(measurement_of(*row, header.count(), columns, options.unit));
    } catch (const Error& error) {
      throw Error(fmt::format("line {}: {}", row->line, error.what()), error.hint());
    }
  }
  if (is_any(columns, {Meaning::launch})) reading.environment["import.launch"] = "launch";
  note_unit(columns, options, reading);
  return reading;
}

bool is_csv(const ForeignFile& file) {
  for (const char* end : {".csv", ".tsv", ".dat"}) {
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
          .launch = "row",
          .uses = {"column", "ignore", "separator", "unit", "equal-rows"},
          .recognizes = is_csv,
          .read = read_csv,
          .write = write_csv};
}

}  // namespace scalelaw::harness
