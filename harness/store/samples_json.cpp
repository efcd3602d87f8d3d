#include "harness/store/samples_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "common/error.hpp"
#include "harness/results/phases.hpp"
#include "harness/store/damage.hpp"
#include "harness/store/results_columns.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// More rows than any launch has, but few enough for memory: a damaged file may state any number.
constexpr std::int64_t most_rows = std::int64_t{1} << 24;

/// A number of rows, when `taken` have come before.
std::size_t count_of(const json& value, std::size_t taken) {
  const auto count = value.get<std::int64_t>();
  if (count < 0 || count > most_rows - static_cast<std::int64_t>(taken)) {
    throw Error(fmt::format("a launch cannot have {} samples, ranks or threads", count),
                damage_hint);
  }
  return static_cast<std::size_t>(count);
}

/// The key of a column whose entries are all the same.
constexpr const char* each = "each";

/// The rows of a table, wherever they are.
template <class Row>
using Rows = std::vector<Row*>;

template <class Row>
void append(Rows<const Row>& rows, const std::vector<Row>& more) {
  for (const Row& row : more) rows.push_back(&row);
}
template <class Row>
void append(Rows<Row>& rows, std::vector<Row>& more) {
  for (Row& row : more) rows.push_back(&row);
}

/// A column with one entry for each row, made by `get`.  Null stands for an object equal to that of
/// the row before.
template <class Row, class Get>
json column(const Rows<const Row>& rows, const Get& get) {
  json::array_t out;
  out.reserve(rows.size());
  for (const Row* row : rows) out.emplace_back(get(*row));
  const auto differ = [](const json& a, const json& b) { return !(a == b); };  // != is false of NaN
  const bool same =
      out.size() > 1 && std::adjacent_find(out.begin(), out.end(), differ) == out.end();
  if (same) return {{each, std::move(out.front())}};
  for (std::size_t i = out.size(); i-- > 1;) {
    if (out[i].is_object() && out[i] == out[i - 1]) out[i] = nullptr;
  }
  return out;
}

/// Assigns the entries of a column to the rows, one each.
template <class Row, class Set>
void distribute(const json& columns, const std::string& name, const Rows<Row>& rows,
                const Set& set) {
  const json& column = columns.at(name);
  if (column.is_object()) {
    for (Row* row : rows) set(*row, column.at(each));
    return;
  }
  if (column.size() != rows.size()) {
    throw Error(fmt::format("{} has {} entries, not {}", name, column.size(), rows.size()),
                damage_hint);
  }
  const json* object = nullptr;  // the last one
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (column[i].is_object()) object = &column[i];
    set(*rows[i], column[i].is_null() && object != nullptr ? *object : column[i]);
  }
}

template <class Row>
void to_json(const RowTable<Row>& form, std::string_view prefix, const Rows<const Row>& rows,
             json& out) {
  for (const auto& stated : form.columns) {
    out[fmt::format("{}{}", prefix, stated.column.name)] = column(rows, stated.to_json);
  }
}

template <class Row>
void from_json(const RowTable<Row>& form, std::string_view prefix, const Rows<Row>& rows,
               const json& columns) {
  for (const auto& stated : form.columns) {
    const std::string name = fmt::format("{}{}", prefix, stated.column.name);
    if (!columns.contains(name) && stated.column.if_absent) {
      for (Row* row : rows) stated.set(*row, *stated.column.if_absent);
    } else {
      distribute(columns, name, rows, stated.from_json);
    }
  }
}

/// Writes how many parts each owner has, and the parts' columns.
template <class Owner, class Part>
Rows<const Part> parts_to_json(const RowTable<Part>& form, const std::string& name,
                               const Rows<const Owner>& owners, std::vector<Part> Owner::*parts,
                               json& out) {
  Rows<const Part> rows;
  for (const Owner* owner : owners) append(rows, owner->*parts);
  out[name + "s"] = column(owners, [&](const Owner& owner) { return (owner.*parts).size(); });
  to_json(form, name + "_", rows, out);
  return rows;
}

/// Reads the parts of each owner back.
template <class Owner, class Part>
Rows<Part> parts_from_json(const RowTable<Part>& form, const std::string& name,
                           const Rows<Owner>& owners, std::vector<Part> Owner::*parts,
                           const json& columns) {
  Rows<Part> rows;
  distribute(columns, name + "s", owners, [&](Owner& owner, const json& count) {
    (owner.*parts).resize(count_of(count, rows.size()));
    append(rows, owner.*parts);
  });
  from_json(form, name + "_", rows, columns);
  return rows;
}

/// The name of the column with a phase's seconds.
const std::string& seconds_name() {
  return phase_time_columns().columns.front().column.name;
}

/// The seconds that the rank spent in the phase; null where it has no phase of that name.
json seconds_of(const RankTimes& rank, const Phase& phase, std::size_t place) {
  const auto is_it = [&](const PhaseTime& time) {
    return time.name == phase.name && time.role == phase.role;
  };
  auto found = rank.phases.end();
  if (place < rank.phases.size() && is_it(rank.phases[place])) {  // mostly it stands there
    found = rank.phases.begin() + static_cast<std::ptrdiff_t>(place);
  } else {
    found = std::find_if(rank.phases.begin(), rank.phases.end(), is_it);
  }
  return found == rank.phases.end() ? json() : json(found->seconds);
}

/// The phases of a launch, each with the column of its seconds.
json phases_to_json(const Rows<const RankTimes>& ranks) {
  std::vector<Phase> phases;
  for (const RankTimes* rank : ranks) {
    for (const PhaseTime& time : rank->phases) {
      const Phase phase{time.name, time.role};
      if (std::find(phases.begin(), phases.end(), phase) == phases.end()) phases.push_back(phase);
    }
  }
  json out = json::array();
  for (std::size_t i = 0; i < phases.size(); ++i) {
    json& one = out.emplace_back(json_of(phase_columns(), phases[i]));
    one[seconds_name()] =
        column(ranks, [&](const RankTimes& rank) { return seconds_of(rank, phases[i], i); });
  }
  return out;
}

void phases_from_json(const json& phases, const Rows<RankTimes>& ranks) {
  for (const json& one : phases) {
    const Phase phase = from_json(phase_columns(), one);
    distribute(one, seconds_name(), ranks, [&](RankTimes& rank, const json& seconds) {
      if (seconds.is_null()) return;
      rank.phases.push_back({phase.name, phase.role, seconds.get<double>()});
    });
  }
}

}  // namespace

json samples_to_json(std::span<const Sample> all) {
  Rows<const Sample> samples;
  for (const Sample& sample : all) samples.push_back(&sample);
  json out{{"count", samples.size()}};
  to_json(sample_columns(), "", samples, out);
  const auto ranks = parts_to_json(rank_columns(), "rank", samples, &Sample::ranks, out);
  out["phases"] = phases_to_json(ranks);
  parts_to_json(thread_columns(), "thread", ranks, &RankTimes::busy_s, out);
  parts_to_json(stage_columns(), "stage", samples, &Sample::stages, out);
  return out;
}

std::vector<Sample> samples_from_json(const json& columns) {
  std::vector<Sample> out(count_of(columns.at("count"), 0));
  Rows<Sample> samples;
  append(samples, out);
  from_json(sample_columns(), "", samples, columns);
  const auto ranks = parts_from_json(rank_columns(), "rank", samples, &Sample::ranks, columns);
  phases_from_json(columns.at("phases"), ranks);
  parts_from_json(thread_columns(), "thread", ranks, &RankTimes::busy_s, columns);
  parts_from_json(stage_columns(), "stage", samples, &Sample::stages, columns);
  for (Sample& sample : out) {
    for (std::size_t i = 0; i < sample.ranks.size(); ++i) {
      sample.ranks[i].rank = static_cast<std::int64_t>(i);
    }
    sample.phases = longest_phases(sample.ranks);
  }
  return out;
}

}  // namespace scalelaw::harness
