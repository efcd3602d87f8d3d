#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "harness/store/table.hpp"

namespace scalelaw::harness {

/// One column of a table whose rows are `Row`s.  It reads and sets a row's value, as a cell of the
/// results file and as JSON in the journal.  row_column.hpp makes columns.
template <class Row>
struct RowColumn {
  Column column;
  std::function<Cell(const Row&)> get;
  std::function<void(Row&, const Cell&)> set;
  std::function<nlohmann::json(const Row&)> to_json;
  std::function<void(Row&, const nlohmann::json&)> from_json;
};

/// How a struct of Results becomes a table.  Its columns are defined only here; the results file,
/// the journal and the test of docs/results-file.md follow this definition.
template <class Row>
struct RowTable {
  std::string path;
  std::string meaning;
  /// Whole numbers that say whose a row is, e.g. its sample and rank; they come first.  In memory
  /// and in the journal the place of a row says this.
  std::vector<Column> keys;
  std::vector<RowColumn<Row>> columns;
};

template <class Row>
TableHead head_of(const RowTable<Row>& form) {
  TableHead head{form.path, form.meaning, form.keys};
  for (const auto& column : form.columns) head.columns.push_back(column.column);
  return head;
}

/// The cells of a row, `keys` first.
template <class Row>
Cells cells_of(const RowTable<Row>& form, const std::vector<std::int64_t>& keys, const Row& row) {
  Cells cells;
  cells.reserve(keys.size() + form.columns.size());
  for (const std::int64_t key : keys) cells.emplace_back(key);
  for (const auto& column : form.columns) cells.push_back(column.get(row));
  return cells;
}

/// The number in the key column `key` of a row's cells.
inline std::int64_t key_of(const Cells& cells, std::size_t key) {
  return std::get<std::int64_t>(cells[key]);
}

/// The row that has these cells, which begin with its keys.
/// Errors: throws Error or nlohmann::json::exception when a cell's text is not what it should be.
template <class Row>
Row row_of(const RowTable<Row>& form, const Cells& cells) {
  Row row{};
  for (std::size_t i = 0; i < form.columns.size(); ++i) {
    form.columns[i].set(row, cells[form.keys.size() + i]);
  }
  return row;
}

/// A row without its keys as a JSON object.
template <class Row>
nlohmann::json json_of(const RowTable<Row>& form, const Row& row) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& column : form.columns) object[column.column.name] = column.to_json(row);
  return object;
}

/// The row that an object of to_json() describes.
/// Errors: throws nlohmann::json::exception on a missing key or a wrong type, and Error on a text
///         that is none of the choices.
template <class Row>
Row from_json(const RowTable<Row>& form, const nlohmann::json& object) {
  Row row{};
  for (const auto& column : form.columns) {
    const auto found = object.find(column.column.name);
    if (found != object.end()) {
      column.from_json(row, *found);
    } else if (column.column.if_absent) {
      column.set(row, *column.column.if_absent);
    } else {
      column.from_json(row, object.at(column.column.name));  // throws, naming the key
    }
  }
  return row;
}

}  // namespace scalelaw::harness
