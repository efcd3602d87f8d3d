#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <set>

#include "common/field.hpp"
#include "common/json_text.hpp"
#include "harness/results/shared_launches.hpp"
#include "harness/store/results_columns.hpp"
#include "harness/store/results_file.hpp"
#include "harness/store/row_column.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

json object_or_empty(const json& value) {
  return value.is_object() ? value : json::object();
}

/// The parameters that a point ran with, from a record's header, which includes the defaults.  For
/// a point that was never launched: those it was planned with, and the defaults that other points
/// of its kernel ran with.
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
  give_sharers(results.points, params);
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

/// The type that holds values of both: two kinds of numbers give numbers, anything else gives text.
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

/// One column for each key of the objects, of a type that holds all its values.  It is text when
/// some object lacks the key.
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
  // HDF5 has 64 KiB for the description of a row.  What is omitted is in the JSON columns.
  constexpr std::size_t most_columns = 256;
  if (columns.size() > most_columns) columns.resize(most_columns);
  return columns;
}

/// Visits a table of one kernel's objects (parameters, facts), each with the row that it belongs
/// to.
void visit_objects(TableHead head, Column key, const std::vector<std::int64_t>& rows,
                   const std::vector<json>& objects, const std::string& what,
                   const VisitTable& visit) {
  const std::vector<Column> columns = columns_of(objects, what);
  head.columns = {std::move(key)};
  head.columns.insert(head.columns.end(), columns.begin(), columns.end());
  visit(head, [&](const TakeRow& take) {
    for (std::size_t i = 0; i < objects.size(); ++i) {
      Cells cells{rows[i]};
      for (const Column& column : columns) cells.push_back(cell_of(objects[i], column));
      take(cells);
    }
  });
}

/// A kernel's name as the last part of a table's path.  Names of other programs may hold what paths
/// are made of.
std::string path_part(const std::string& name) {
  if (name == ".") return "%2E";
  std::string out;
  for (const char c : name) {
    if (c == '/') out += "%2F";
    if (c == '%') out += "%25";
    if (c != '/' && c != '%') out += c;
  }
  return out.empty() ? "%" : out;
}

void visit_parameters(const Results& results, const VisitTable& visit) {
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
    visit_objects({"/parameters/" + path_part(kernel), "Parameters of the points of " + kernel, {}},
                  key("point", "row of /points", "whose"), rows, objects,
                  "the kernel's parameter of this name", visit);
  }
}

void visit_facts(const Results& results, const VisitTable& visit) {
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
    visit_objects({"/facts/" + path_part(kernel), "Results of the samples of " + kernel, {}},
                  key("sample", "row of /samples", "whose"), entry.first, entry.second,
                  "the result of this name, exact text", visit);
  }
}

/// Calls visit(host, rank, thread) for each thread that a record's header lists.
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

/// Receives a row and the keys that identify its owner.
template <class Row>
using TakeKeyed = std::function<void(std::initializer_list<std::int64_t>, const Row&)>;

/// Visits the table of `form` with the rows that `each_row` gives.
template <class Row>
void visit_rows(const VisitTable& visit, const RowTable<Row>& form,
                const std::function<void(const TakeKeyed<Row>&)>& each_row) {
  visit(head_of(form), [&](const TakeRow& take) {
    each_row([&](std::initializer_list<std::int64_t> keys, const Row& row) {
      take(cells_of(form, keys, row));
    });
  });
}

/// Likewise for rows that belong to no other row.
template <class Row>
void visit_rows(const VisitTable& visit, const RowTable<Row>& form, const std::vector<Row>& rows) {
  visit_rows<Row>(visit, form, [&](const TakeKeyed<Row>& take) {
    for (const Row& row : rows) take({}, row);
  });
}

void visit_bindings(const Results& results, const VisitTable& visit) {
  visit_rows<Binding>(visit, binding_columns(), [&](const TakeKeyed<Binding>& take) {
    for (std::size_t i = 0; i < results.launches.size(); ++i) {
      for_each_binding(results.launches[i].header, [&](const json& rank, const json& thread) {
        const Binding unknown;
        take({static_cast<std::int64_t>(i), value_or<std::int64_t>(rank, "rank", 0),
              value_or<std::int64_t>(thread, "thread", 0)},
             {.host = value_or(rank, "host", unknown.host),
              .cpus = value_or(thread, "cpus", unknown.cpus),
              .last_cpu = value_or(thread, "last_cpu", unknown.last_cpu)});
      });
    }
  });
}

/// The index of a phase in `phases`; their number if it is not among them.
std::int64_t row_of(const std::vector<Phase>& phases, const PhaseTime& time) {
  const auto is_it = [&](const Phase& p) { return p.name == time.name && p.role == time.role; };
  return std::find_if(phases.begin(), phases.end(), is_it) - phases.begin();
}

/// The phases that ranks name, each once.
std::vector<Phase> phases_of(const Results& results) {
  std::vector<Phase> phases;
  for (const Sample& sample : results.samples) {
    for (const RankTimes& rank : sample.ranks) {
      for (const PhaseTime& time : rank.phases) {
        if (row_of(phases, time) == static_cast<std::int64_t>(phases.size())) {
          phases.push_back({time.name, time.role});
        }
      }
    }
  }
  return phases;
}

void visit_phases(const Results& results, const std::vector<Phase>& phases,
                  const VisitTable& visit) {
  visit_rows<double>(visit, phase_time_columns(), [&](const TakeKeyed<double>& take) {
    for (std::size_t i = 0; i < results.samples.size(); ++i) {
      const auto number = static_cast<std::int64_t>(i);
      for (const RankTimes& rank : results.samples[i].ranks) {
        for (const PhaseTime& time : rank.phases) {
          take({number, rank.rank, row_of(phases, time)}, time.seconds);
        }
      }
    }
  });
}

void visit_samples(const Results& results, const VisitTable& visit) {
  const std::vector<Sample>& samples = results.samples;
  const auto each_sample = [&](const auto& take) {
    for (std::size_t i = 0; i < samples.size(); ++i) take(static_cast<std::int64_t>(i), samples[i]);
  };
  visit_rows<Sample>(visit, sample_columns(), [&](const TakeKeyed<Sample>& take) {
    each_sample([&](std::int64_t, const Sample& sample) { take({sample.launch}, sample); });
  });
  const std::vector<Phase> phases = phases_of(results);
  visit_rows(visit, phase_columns(), phases);
  visit_rows<RankTimes>(visit, rank_columns(), [&](const TakeKeyed<RankTimes>& take) {
    each_sample([&](std::int64_t number, const Sample& sample) {
      for (const RankTimes& rank : sample.ranks) take({number, rank.rank}, rank);
    });
  });
  visit_phases(results, phases, visit);
  visit_rows<double>(visit, thread_columns(), [&](const TakeKeyed<double>& take) {
    each_sample([&](std::int64_t number, const Sample& sample) {
      for (const RankTimes& rank : sample.ranks) {
        std::int64_t thread = 0;
        for (const double busy_s : rank.busy_s) take({number, rank.rank, thread++}, busy_s);
      }
    });
  });
  visit_rows<StageTime>(visit, stage_columns(), [&](const TakeKeyed<StageTime>& take) {
    each_sample([&](std::int64_t number, const Sample& sample) {
      for (const StageTime& one : sample.stages) take({number}, one);
    });
  });
}

}  // namespace

void for_each_table(const Results& results, const VisitTable& visit) {
  visit_rows(visit, point_columns(), results.points);
  visit_rows(visit, launch_columns(), results.launches);
  visit_samples(results, visit);
  visit_bindings(results, visit);
  visit_rows(visit, scaling_columns(), results.scaling);
  visit_rows(visit, account_columns(), results.account);
  visit_rows(visit, fit_columns(), results.fits);
  visit_rows(visit, prediction_columns(), results.predictions);
  visit_rows(visit, finding_columns(), results.findings);
  visit_parameters(results, visit);
  visit_facts(results, visit);
}

std::vector<Table> tables_of(const Results& results) {
  std::vector<Table> tables;
  for_each_table(results, [&](const TableHead& head, const GiveRows& give) {
    Table& table = tables.emplace_back(Table{head, {}});
    give([&](const Cells& cells) { table.rows.push_back(cells); });
  });
  return tables;
}

}  // namespace scalelaw::harness
