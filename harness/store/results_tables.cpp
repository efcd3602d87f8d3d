#include <fmt/format.h>

#include <functional>
#include <set>

#include "common/field.hpp"
#include "common/json_text.hpp"
#include "harness/store/results_columns.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

json object_or_empty(const json& value) {
  return value.is_object() ? value : json::object();
}

/// The parameters that a point ran with: those of a record's header, which has the defaults too.
/// A point that was never launched has those it was planned with, and the defaults that other
/// points of its kernel ran with.
std::vector<json> params_as_used(const Results& results) {
  std::vector<json> params(results.points.size());
  std::map<std::string, json> defaults;
  for (const Launch& launch : results.launches) {
    if (!launch.header.is_object() || !launch.header.contains("params")) continue;
    const auto index = static_cast<std::size_t>(launch.point);
    const Point& point = results.points[index];
    params[index] = object_or_empty(launch.header["params"]);
    for (const auto& [name, value] : params[index].items()) {
      if (!object_or_empty(point.params).contains(name)) defaults[point.kernel][name] = value;
    }
  }
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (!params[i].is_null()) continue;
    params[i] = object_or_empty(defaults[results.points[i].kernel]);
    params[i].update(object_or_empty(results.points[i].params));
  }
  return params;
}

ColumnType type_of(const json& value) {
  if (value.is_number_integer()) return ColumnType::integer;
  if (value.is_number()) return ColumnType::real;
  if (value.is_boolean()) return ColumnType::truth;
  return ColumnType::text;
}

/// The type that holds both: whole and other numbers are numbers, anything else is text.
ColumnType joined(ColumnType a, ColumnType b) {
  if (a == b) return a;
  const auto is_number = [](ColumnType t) {
    return t == ColumnType::integer || t == ColumnType::real;
  };
  return is_number(a) && is_number(b) ? ColumnType::real : ColumnType::text;
}

Cell cell_of(const json& object, const Column& column) {
  const auto found = object.find(column.name);
  const json value = found == object.end() ? json() : *found;
  switch (column.type) {
    case ColumnType::integer:
      return value.get<std::int64_t>();
    case ColumnType::real:
      return value.get<double>();
    case ColumnType::truth:
      return value.get<bool>();
    case ColumnType::text:
      break;
  }
  return value.is_null() ? std::string() : json_text(value);
}

/// A column for each key of the objects, of the type that holds all its values; a key that an
/// object lacks makes it text.
std::vector<Column> columns_of(const std::vector<json>& objects, const std::string& what) {
  std::map<std::string, std::pair<ColumnType, std::size_t>> found;
  for (const json& object : objects) {
    for (const auto& [key, value] : object.items()) {
      const auto [entry, is_new] = found.try_emplace(key, type_of(value), 0);
      if (!is_new) entry->second.first = joined(entry->second.first, type_of(value));
      ++entry->second.second;
    }
  }
  std::vector<Column> columns;
  for (const auto& [key, entry] : found) {
    const ColumnType type = entry.second == objects.size() ? entry.first : ColumnType::text;
    columns.push_back({key, type, type == ColumnType::text ? "text" : "1", what});
  }
  // HDF5 has 64 KiB for the description of a row.  What is left out is in the JSON columns.
  constexpr std::size_t most_columns = 256;
  if (columns.size() > most_columns) columns.resize(most_columns);
  return columns;
}

/// A table of one kernel's objects (parameters, facts), each with the row that it belongs to.
Table table_of_objects(std::string path, std::string meaning, Column key,
                       const std::vector<std::int64_t>& rows, const std::vector<json>& objects,
                       const std::string& what) {
  Table table{std::move(path), std::move(meaning), columns_of(objects, what), {}};
  for (std::size_t i = 0; i < objects.size(); ++i) {
    std::vector<Cell>& cells = table.rows.emplace_back();
    cells.emplace_back(rows[i]);
    for (const Column& column : table.columns) cells.push_back(cell_of(objects[i], column));
  }
  table.columns.insert(table.columns.begin(), std::move(key));
  return table;
}

using Visit = std::function<void(const Table&)>;

void visit_parameters(const Results& results, const Visit& visit) {
  const std::vector<json> params = params_as_used(results);
  std::set<std::string> kernels;
  for (const Point& point : results.points) kernels.insert(point.kernel);
  for (const std::string& kernel : kernels) {
    std::vector<std::int64_t> rows;
    std::vector<json> objects;
    for (std::size_t i = 0; i < results.points.size(); ++i) {
      if (results.points[i].kernel != kernel) continue;
      rows.push_back(static_cast<std::int64_t>(i));
      objects.push_back(params[i]);
    }
    visit(table_of_objects("/parameters/" + kernel, "Parameters of the points of " + kernel,
                           {"point", ColumnType::integer, "row of /points", "whose"}, rows, objects,
                           "the kernel's parameter of this name"));
  }
}

void visit_facts(const Results& results, const Visit& visit) {
  std::map<std::string, std::pair<std::vector<std::int64_t>, std::vector<json>>> by_kernel;
  for (std::size_t i = 0; i < results.samples.size(); ++i) {
    const Sample& sample = results.samples[i];
    const Launch& launch = results.launches[static_cast<std::size_t>(sample.launch)];
    auto& [rows, objects] =
        by_kernel[results.points[static_cast<std::size_t>(launch.point)].kernel];
    rows.push_back(static_cast<std::int64_t>(i));
    objects.emplace_back(sample.facts);
  }
  for (const auto& [kernel, entry] : by_kernel) {
    visit(table_of_objects("/facts/" + kernel, "Results of the samples of " + kernel,
                           {"sample", ColumnType::integer, "row of /samples", "whose"}, entry.first,
                           entry.second, "the result of this name, exact text"));
  }
}

/// Calls visit(host, rank, thread) for each thread of a record's header; a header without them has
/// none.
void for_each_binding(const json& header,
                      const std::function<void(const json&, const json&)>& visit) {
  if (!header.is_object()) return;
  for (const json& rank : header.value("ranks", json::array())) {
    if (!rank.is_object()) continue;
    for (const json& thread : rank.value("threads", json::array())) {
      if (thread.is_object()) visit(rank, thread);
    }
  }
}

template <class T>
T value_or(const json& object, const char* key, T otherwise) {
  try {
    return object.value(key, otherwise);
  } catch (const json::exception&) {  // another type: a foreign driver's
    return otherwise;
  }
}

Table bindings_of(const Results& results) {
  Table table{
      "/bindings",
      "Where each thread of each launch could run",
      {{"launch", ColumnType::integer, "row of /launches", "whose"},
       {"rank", ColumnType::integer, "1", "MPI rank, 0 without MPI"},
       {"thread", ColumnType::integer, "1", "thread of the rank, from 0"},
       {"host", ColumnType::text, "text", "name of its host"},
       {"cpus", ColumnType::text, "CPU list", "processors that its mask really allowed"},
       {"last_cpu", ColumnType::integer, "1", "processor it was last seen on, -1: unknown"}},
      {}};
  for (std::size_t i = 0; i < results.launches.size(); ++i) {
    for_each_binding(results.launches[i].header, [&](const json& rank, const json& thread) {
      table.rows.push_back({static_cast<std::int64_t>(i), value_or<std::int64_t>(rank, "rank", 0),
                            value_or<std::int64_t>(thread, "thread", 0),
                            value_or<std::string>(rank, "host", "unknown"),
                            value_or<std::string>(thread, "cpus", "unknown"),
                            value_or<std::int64_t>(thread, "last_cpu", -1)});
    });
  }
  return table;
}

Table ranks_of(const Results& results) {
  Table table = rank_table();
  for (std::size_t i = 0; i < results.samples.size(); ++i) {
    for (const RankTimes& rank : results.samples[i].ranks) {
      table.rows.push_back({static_cast<std::int64_t>(i), rank.rank, rank.distribute_s,
                            rank.prepare_s, rank.compute_s, rank.wait_s, rank.combine_s,
                            rank.finish_s, rank.total_s, rank.items});
    }
  }
  return table;
}

Table threads_of(const Results& results) {
  Table table = thread_table();
  for (std::size_t i = 0; i < results.samples.size(); ++i) {
    for (const RankTimes& rank : results.samples[i].ranks) {
      for (std::size_t thread = 0; thread < rank.busy_s.size(); ++thread) {
        table.rows.push_back({static_cast<std::int64_t>(i), rank.rank,
                              static_cast<std::int64_t>(thread), rank.busy_s[thread]});
      }
    }
  }
  return table;
}

Table stages_of(const Results& results) {
  Table table = stage_table();
  for (std::size_t i = 0; i < results.samples.size(); ++i) {
    for (const StageTime& one : results.samples[i].stages) {
      table.rows.push_back({static_cast<std::int64_t>(i), one.stage, one.busy_s});
    }
  }
  return table;
}

}  // namespace

void for_each_table(const Results& results, const std::function<void(const Table&)>& visit) {
  visit(to_table(point_columns(), results.points));
  visit(to_table(launch_columns(), results.launches));
  visit(to_table(sample_columns(), results.samples));
  for (const auto make : {ranks_of, threads_of, stages_of, bindings_of}) visit(make(results));
  visit(to_table(fit_columns(), results.fits));
  visit(to_table(prediction_columns(), results.predictions));
  visit_parameters(results, visit);
  visit_facts(results, visit);
}

std::vector<Table> tables_of(const Results& results) {
  std::vector<Table> tables;
  for_each_table(results, [&](const Table& table) { tables.push_back(table); });
  return tables;
}

}  // namespace scalelaw::harness
