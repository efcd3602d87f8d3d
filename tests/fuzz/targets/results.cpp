// A results file: any bytes, or, in JSON, the attributes, texts and tables of one.  The HDF5 library
// is not what is tested, and its checksums would keep a fuzzer out.
//   {"attributes": {GROUP: {NAME: VALUE}}, "texts": {PATH: TEXT},
//    "tables": {PATH: {"columns": {NAME: 0, 1.5, "text" or false: the type}, "rows": [[...]]}}}
#include <nlohmann/json.hpp>

#include "fuzz/fuzz.hpp"
#include "harness/store/hdf5_file.hpp"
#include "harness/store/results_file.hpp"
#include "harness/store/seal.hpp"

namespace scalelaw::fuzz {
namespace {

using namespace harness;
using nlohmann::json;

Cell cell_of(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  return value.is_string() ? value.get<std::string>() : value.dump();
}

ColumnType type_of(const json& like) {
  if (like.is_boolean()) return ColumnType::truth;
  if (like.is_number_integer()) return ColumnType::integer;
  return like.is_number() ? ColumnType::real : ColumnType::text;
}

/// `value` in the type of its column, as far as it goes.
Cell cell_as(const json& like, const json& value) {
  if (type_of(like) == type_of(value)) return cell_of(value);
  if (like.is_number() && !like.is_number_integer() && value.is_number()) {
    return value.get<double>();
  }
  return cell_of(like);
}

void write_table(Hdf5File& file, const std::string& path, const json& table) {
  TableHead head{path, "", {}};
  const json columns = table.value("columns", json::object());
  for (const auto& [name, like] : columns.items())
    head.columns.push_back({name, type_of(like), "", ""});
  file.write_table(head, [&](const TakeRow& take) {
    for (const json& row : table.value("rows", json::array())) {
      Cells cells;
      for (const auto& [name, like] : columns.items()) {
        const std::size_t at = cells.size();
        cells.push_back(cell_as(like, row.is_array() && at < row.size() ? row[at] : like));
      }
      take(cells);
    }
  });
}

void write_file(const std::string& path, const json& all) {
  Hdf5File file = Hdf5File::create(path, seal_bytes);
  const json groups = all.value("attributes", json::object());
  const json texts = all.value("texts", json::object());
  const json tables = all.value("tables", json::object());
  for (const auto& [group, attributes] : groups.items()) {
    for (const auto& [name, value] : attributes.items()) {
      file.write_attribute(group, name, cell_of(value));
    }
  }
  for (const auto& [place, text] : texts.items()) {
    file.write_text(place, text.is_string() ? text.get<std::string>() : text.dump());
  }
  for (const auto& [place, table] : tables.items()) {
    if (table.is_object()) write_table(file, place, table);
  }
  file.close();
}

}  // namespace

void results(std::string_view input) {
  const json all = json::parse(input, nullptr, false);
  if (!all.is_object()) {
    refusable([&] { (void)read_results(file_with(input)); });
    return;
  }
  const std::string path = own_folder() / "r.h5";
  try {
    write_file(path, all);
  } catch (const std::exception&) {
    return;  // HDF5 has no such file
  }
  write_seal(path);
  refusable([&] { (void)read_results(path); });
}

}  // namespace scalelaw::fuzz
