#include "harness/store/series_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <tuple>

#include "common/error.hpp"
#include "common/field.hpp"
#include "harness/store/regular_file.hpp"

namespace scalelaw::harness {
namespace {

constexpr const char* remedy =
    "give a CSV file with a header and the columns p and seconds; optional: series, scaling, "
    "repetition";
constexpr std::int64_t most_bytes = std::int64_t{256} << 20;

/// The cells of a line.  A quoted cell may contain commas, and two quotes in it stand for one.
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back() += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

/// The positions of the columns.
struct Columns {
  std::size_t count = 0, p = 0, seconds = 0;
  std::optional<std::size_t> series{}, scaling{};
};

Columns columns_of(const std::vector<std::string>& header, const std::string& name) {
  Columns out{.count = header.size()};
  std::optional<std::size_t> p, seconds;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i] == "p") p = i;
    if (header[i] == "seconds") seconds = i;
    if (header[i] == "series") out.series = i;
    if (header[i] == "scaling") out.scaling = i;
  }
  if (!p || !seconds) {
    throw Error(fmt::format("'{}' has no column '{}'", name, p ? "seconds" : "p"), remedy);
  }
  out.p = *p;
  out.seconds = *seconds;
  return out;
}

struct Row {
  std::string series;
  Scaling scaling = Scaling::strong;
  std::int64_t workers = 1;
  double seconds = 0;
};

double positive(const std::string& cell) {
  double value = 0;
  const auto [end, fault] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (fault != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value) ||
      value <= 0) {
    throw Error(fmt::format("'{}' is not a positive number", cell), remedy);
  }
  return value;
}

Row row_of(const std::vector<std::string>& cells, const Columns& columns) {
  if (cells.size() != columns.count) {
    throw Error(fmt::format("{} cells, and the header has {}", cells.size(), columns.count),
                remedy);
  }
  Row row;
  const double p = positive(cells[columns.p]);
  if (p != std::floor(p) || p > 1e12) {
    throw Error(fmt::format("p is '{}', not a whole number of workers", cells[columns.p]),
                "give a number of workers from 1 on");
  }
  row.workers = static_cast<std::int64_t>(p);
  row.seconds = positive(cells[columns.seconds]);
  if (columns.series) row.series = cells[*columns.series];
  if (columns.scaling) row.scaling = enum_from<Scaling>(cells[*columns.scaling], "scaling");
  return row;
}

/// Collects rows as points, launches and samples.
class Collector {
 public:
  explicit Collector(const std::string& name) : file_(std::filesystem::path(name).stem()) {
    results_.name = name;
  }

  void add(const Row& row) {
    const std::int64_t point = point_of(row);
    Launch launch;
    launch.point = point;
    results_.launches.push_back(launch);
    Sample sample;
    sample.launch = static_cast<std::int64_t>(results_.launches.size()) - 1;
    sample.total_s = row.seconds;
    sample.verified = true;
    results_.samples.push_back(sample);
  }

  [[nodiscard]] const Results& results() const { return results_; }

 private:
  std::int64_t point_of(const Row& row) {
    const auto number = static_cast<std::int64_t>(series_.size());
    const std::int64_t series =
        series_.try_emplace(std::pair(row.series, row.scaling), number).first->second;
    const auto next = static_cast<std::int64_t>(results_.points.size());
    const auto [at, added] = points_.try_emplace(std::pair(series, row.workers), next);
    if (!added) return at->second;
    Point point;
    point.kernel = row.series.empty() ? file_ : row.series;
    point.experiment = point.kernel;
    point.id = fmt::format("{} {} {}", point.kernel, to_string(row.scaling), row.workers);
    point.model = {.name = "workers", .title = "workers", .ranked = true};
    point.params = nlohmann::json::object();
    point.options = nlohmann::json::object();
    point.scaling = row.scaling;
    point.series = series;
    point.placement = {.nodes = 1, .ranks_per_node = row.workers, .threads = 1};
    if (row.scaling == Scaling::weak) point.work["operations"] = row.workers;
    point.state = State::ok;
    results_.points.push_back(std::move(point));
    return next;
  }

  std::string file_;
  Results results_;
  std::map<std::pair<std::string, Scaling>, std::int64_t> series_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> points_;
};

}  // namespace

Results series_from(const std::string& text, const std::string& name) {
  Collector out(name);
  std::optional<Columns> columns;
  std::size_t begin = 0;
  for (int number = 1; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::vector<std::string> cells =
        cells_of(std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
    if (cells.size() == 1 && cells.front().empty()) continue;
    if (!columns) {
      columns = columns_of(cells, name);
      continue;
    }
    try {
      out.add(row_of(cells, *columns));
    } catch (const Error& e) {
      throw Error(fmt::format("'{}', line {}: {}", name, number, e.what()), e.hint());
    }
  }
  if (out.results().points.empty()) throw Error(fmt::format("'{}' has no times", name), remedy);
  return out.results();
}

Results read_series(const std::string& path) {
  if (path == "-") {
    std::ostringstream text;
    text << std::cin.rdbuf();
    return series_from(text.str(), "stdin");
  }
  return series_from(RegularFile(path, O_RDONLY, remedy).read_all(most_bytes), path);
}

}  // namespace scalelaw::harness
