#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <utility>

#include "common/field.hpp"
#include "common/json_text.hpp"
#include "harness/store/row_table.hpp"

namespace scalelaw::harness {

/// The types that a cell can hold without conversion.
template <class T>
concept PlainCell =
    std::is_same_v<T, bool> || std::is_same_v<T, double> || std::is_same_v<T, std::string>;

/// The type of the cell for a value of type `T`: numbers and truth values as they are, others as
/// text.
template <class T>
constexpr ColumnType cell_type() {
  if constexpr (std::is_same_v<T, bool>) return ColumnType::truth;
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) return ColumnType::integer;
  if constexpr (std::is_floating_point_v<T>) return ColumnType::real;
  return ColumnType::text;
}

template <class T>
Cell to_cell(const T& value) {
  if constexpr (PlainCell<T>) {
    return value;
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<std::int64_t>(value);
  } else if constexpr (EnumNames<T>) {
    return std::string(to_string(value));
  } else {
    return serialize(nlohmann::json(value));
  }
}

template <class T>
void set_from_cell(T& value, const Cell& cell) {
  if constexpr (PlainCell<T>) {
    value = std::get<T>(cell);
  } else if constexpr (std::is_integral_v<T>) {
    value = static_cast<T>(std::get<std::int64_t>(cell));
  } else if constexpr (EnumNames<T>) {
    value = enum_from<T>(std::get<std::string>(cell));
  } else if constexpr (std::is_same_v<T, nlohmann::json>) {
    value = nlohmann::json::parse(std::get<std::string>(cell));
  } else {
    value = nlohmann::json::parse(std::get<std::string>(cell)).template get<T>();
  }
}

/// A number that JSON cannot hold (NaN, infinity) is written as null, and read as NaN.
template <class T>
nlohmann::json to_json_value(const T& value) {
  if constexpr (std::is_same_v<T, double>) {
    if (!std::isfinite(value)) return nullptr;
  }
  if constexpr (EnumNames<T>) {
    return std::string(to_string(value));
  } else {
    return nlohmann::json(value);
  }
}

template <class T>
void set_from_json(T& value, const nlohmann::json& from) {
  if constexpr (std::is_same_v<T, double>) {
    value = from.is_null() ? std::numeric_limits<double>::quiet_NaN() : from.get<double>();
  } else if constexpr (EnumNames<T>) {
    value = enum_from<T>(from.get_ref<const std::string&>());
  } else {
    value = from.get<T>();
  }
}

/// The column of the part of a row that `part` selects: it maps Row& to T&, and const Row& to
/// const T&.
template <class Row, class Part>
RowColumn<Row> column_of(std::string name, Part part, std::string unit, std::string meaning) {
  using T = std::remove_cvref_t<std::invoke_result_t<Part, Row&>>;
  return {.column = {.name = std::move(name),
                     .type = cell_type<T>(),
                     .unit = std::move(unit),
                     .meaning = std::move(meaning)},
          .get = [part](const Row& row) { return to_cell<T>(part(row)); },
          .set = [part](Row& row, const Cell& cell) { set_from_cell<T>(part(row), cell); },
          .to_json = [part](const Row& row) { return to_json_value<T>(part(row)); },
          .from_json = [part](Row& row,
                              const nlohmann::json& from) { set_from_json<T>(part(row), from); }};
}

/// The column of one member.
template <class Row, class T>
RowColumn<Row> column(std::string name, T Row::*member, std::string unit, std::string meaning) {
  return column_of<Row>(
      std::move(name), [member](auto& row) -> auto& { return row.*member; }, std::move(unit),
      std::move(meaning));
}

/// A column that files of earlier versions lack; their rows get the value of a new row.
template <class Row>
RowColumn<Row> added(RowColumn<Row> column) {
  column.column.if_absent = column.get(Row{});
  return column;
}

/// A column of keys: "row of" another table, or a number.
inline Column key(std::string name, std::string unit, std::string meaning) {
  return {.name = std::move(name),
          .type = ColumnType::integer,
          .unit = std::move(unit),
          .meaning = std::move(meaning)};
}

}  // namespace scalelaw::harness
