#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace scalelaw::harness {

enum class ColumnType { integer, real, truth, text };
constexpr auto enum_names(ColumnType) {
  return std::array<std::string_view, 4>{"integer", "real", "truth", "text"};
}

/// A cell holds the alternative that its column's type names, in this order.
using Cell = std::variant<std::int64_t, double, bool, std::string>;

/// One column of a table in the results file.
struct Column {
  std::string name;
  ColumnType type = ColumnType::integer;
  std::string unit;     ///< "s", "1" for ratios and counts, "text", "JSON"; "row of /launches" ...
  std::string meaning;  ///< one line, as in docs/results-file.md
  std::optional<Cell> if_absent{};  ///< its value in files from before it was added; none: required
};

/// The description of a table, without its rows.
struct TableHead {
  std::string path;  ///< in the file, e.g. "/samples"
  std::string meaning;
  std::vector<Column> columns;
};

/// One row: a cell for each column.
using Cells = std::vector<Cell>;
/// Receives rows, one after the other.
using TakeRow = std::function<void(const Cells&)>;
/// Passes all rows of a table to a sink.
using GiveRows = std::function<void(const TakeRow&)>;

/// A 1-D compound dataset in memory.
struct Table {
  TableHead head;
  std::vector<Cells> rows;
};

}  // namespace scalelaw::harness
