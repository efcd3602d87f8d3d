#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "harness/results/results.hpp"
#include "harness/store/table.hpp"

namespace scalelaw::harness {

/// One column of a table whose rows are `Row`s, and how a row gives and takes its cell.
template <class Row>
struct RowColumn {
  Column column;
  std::function<Cell(const Row&)> get;
  std::function<void(Row&, const Cell&)> set;
};

/// How a struct of Results is a table.
template <class Row>
struct RowTable {
  std::string path;
  std::string meaning;
  std::vector<RowColumn<Row>> columns;
};

const RowTable<Point>& point_columns();
const RowTable<Launch>& launch_columns();
const RowTable<Sample>& sample_columns();
const RowTable<Fit>& fit_columns();
const RowTable<Prediction>& prediction_columns();

/// Tables whose rows belong to a sample's rank, to its threads, and to a sample's stages; without
/// rows.
Table rank_table();
Table thread_table();
Table stage_table();

/// The table without rows, for reading.
template <class Row>
Table empty_table(const RowTable<Row>& form) {
  Table table{form.path, form.meaning, {}, {}};
  for (const auto& column : form.columns) table.columns.push_back(column.column);
  return table;
}

template <class Row>
Table to_table(const RowTable<Row>& form, const std::vector<Row>& rows) {
  Table table = empty_table(form);
  table.rows.reserve(rows.size());
  for (const Row& row : rows) {
    std::vector<Cell>& cells = table.rows.emplace_back();
    for (const auto& column : form.columns) cells.push_back(column.get(row));
  }
  return table;
}

/// Errors: throws Error or nlohmann::json::exception when a cell's text is not what it should be.
template <class Row>
std::vector<Row> from_table(const RowTable<Row>& form, const Table& table) {
  std::vector<Row> rows;
  rows.reserve(table.rows.size());
  for (const std::vector<Cell>& cells : table.rows) {
    Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < cells.size(); ++i) form.columns[i].set(row, cells[i]);
  }
  return rows;
}

}  // namespace scalelaw::harness
