#include "harness/store/schema_1.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "harness/store/results_columns.hpp"
#include "harness/store/row_column.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// The models that existed with schema 1.
const std::array<Model, 4>& models() {
  static const std::array<Model, 4> all{
      Model{.name = "serial", .title = "serial"},
      Model{.name = "openmp", .title = "OpenMP", .threaded = true},
      Model{.name = "mpi", .title = "MPI", .ranked = true},
      Model{.name = "hybrid", .title = "MPI + OpenMP", .ranked = true, .threaded = true}};
  return all;
}

/// What options say about the work: a pipeline's files are not in memory, scattered data start at
/// the root, and with dynamic distribution any rank may get any item.
void complete_work(json& work, const json& options) {
  const std::string data = options.value("data", "local");
  const bool scattered = data == "scatter";
  const bool dynamic = options.value("distribution", "block") == "dynamic";
  if (options.value("mode", "data") == "pipeline") {
    work["task"] = "pipeline";
    work["diagnostics"] = false;
    work["holds"] = {{"root", "nothing"}, {"others", "nothing"}};
    return;
  }
  if (scattered) work["holds"] = {{"root", "whole"}, {"others", "share"}};
  if (dynamic && data == "local") work["holds"] = {{"root", "whole"}, {"others", "whole"}};
  if (dynamic || options.value("overlap", false)) {
    work["exchange"] = "other";
  } else if (scattered) {
    work["exchange"] = "scatter";
  }
}

/// The phases that every driver had, in chronological order.
const std::vector<Phase>& phases() {
  static const std::vector<Phase> all{{"distribute", Role::transfer},
                                      {"prepare", Role::serial},
                                      {"compute", Role::parallel},
                                      {"combine", Role::transfer},
                                      {"finish", Role::serial}};
  return all;
}

/// The columns of the phases, after `keys`, in the table at `path`.
TableHead phase_columns_of(std::string path, std::vector<Column> keys) {
  TableHead head{.path = std::move(path), .meaning = {}, .columns = std::move(keys)};
  for (const Phase& phase : phases()) {
    head.columns.push_back(
        {.name = phase.name + "_s", .type = ColumnType::real, .unit = "s", .meaning = {}});
  }
  return head;
}

/// The times in the last cells of a row.
std::vector<PhaseTime> times_of(const Cells& cells) {
  const std::size_t keys = cells.size() - phases().size();
  std::vector<PhaseTime> times;
  for (std::size_t i = 0; i < phases().size(); ++i) {
    const Phase& phase = phases()[i];
    times.push_back({phase.name, phase.role, std::get<double>(cells[keys + i])});
  }
  return times;
}

}  // namespace

void complete_schema_1(Point& point) {
  if (!point.model.title.empty()) return;
  const auto known = std::find_if(models().begin(), models().end(), [&](const Model& model) {
    return model.name == point.model.name;
  });
  if (known == models().end()) {
    point.model.title = point.model.name;
  } else {
    point.model = *known;
  }
  if (point.work.is_object() && point.options.is_object()) complete_work(point.work, point.options);
}

void complete_schema_1(Launch& launch) {
  json& header = launch.header;
  if (!header.is_object() || header.value("schema", json()) != 1) return;
  json options{{"chunk", 0},       {"mode", "data"},          {"data", "local"}, {"rank_chunk", 0},
               {"overlap", false}, {"distribution", "block"}, {"isa", "auto"}};
  for (const char* name : {"mode", "data", "distribution", "rank_chunk", "overlap"}) {
    if (header.contains(name)) options[name] = header[name];
  }
  const json schedule = header.value("schedule", json::object());
  if (schedule.is_object() && schedule.contains("kind")) options["schedule"] = schedule["kind"];
  if (schedule.is_object() && schedule.contains("chunk")) options["chunk"] = schedule["chunk"];
  header["options"] = std::move(options);
}

bool has_phase_columns(const Hdf5File& file) {
  return !file.has_table(phase_columns().path);
}

void read_phase_columns(const Hdf5File& file, Results& results) {
  std::size_t row = 0;
  file.read_table(phase_columns_of(sample_columns().path, {}),
                  [&](const Cells& cells) { results.samples.at(row++).phases = times_of(cells); });
  std::vector<std::size_t> ranks(
      results.samples.size());  // of each sample, how many have been read
  const TableHead head = phase_columns_of(rank_columns().path, {rank_columns().keys.front()});
  file.read_table(head, [&](const Cells& cells) {
    const auto sample = static_cast<std::size_t>(key_of(cells, 0));
    results.samples.at(sample).ranks.at(ranks.at(sample)++).phases = times_of(cells);
  });
}

}  // namespace scalelaw::harness
