#include "harness/store/results_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "common/error.hpp"
#include "harness/store/hdf5_file.hpp"
#include "harness/store/results_columns.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

constexpr const char* format_name = "scalelaw results";

/// Puts a file or folder on the disk itself.
void sync_to_disk(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;  // a folder that may not be read: then the system syncs in its time
  ::fsync(descriptor);
  ::close(descriptor);
}

void write_everything(const std::string& path, const Results& results) {
  Hdf5File file = Hdf5File::create(path);
  file.write_attribute("/", "format", std::string(format_name));
  file.write_attribute("/", "schema", std::int64_t{results_schema});
  file.write_attribute("/campaign", "name", results.name);
  file.write_attribute("/campaign", "seed", results.seed);
  file.write_attribute("/campaign", "started", results.started);
  file.write_attribute("/campaign", "target_interval", results.target_interval);
  file.write_text("/campaign/config", results.config_text);
  for (const auto& [name, value] : results.environment) {
    file.write_attribute("/environment", name, value);
  }
  if (results.environment.empty()) file.write_attribute("/environment", "captured", false);
  for (const Table& table : tables_of(results)) file.write_table(table);
  file.close();
}

template <class T>
T attribute(const std::map<std::string, Cell>& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  if (found == attributes.end() || !std::holds_alternative<T>(found->second)) {
    throw Error(fmt::format("the attribute {} is missing", name));
  }
  return std::get<T>(found->second);
}

void require_known_schema(const std::string& path, const Hdf5File& file) {
  const auto root = file.read_attributes("/");
  if (root.count("format") == 0 || root.at("format") != Cell(std::string(format_name)) ||
      root.count("schema") == 0) {
    throw Error(fmt::format("'{}' is an HDF5 file, but no results file of scalelaw", path),
                "give a file that scalelaw run wrote");
  }
  const auto schema = attribute<std::int64_t>(root, "schema");
  if (schema < 1 || schema > results_schema) {
    throw Error(fmt::format("'{}' has schema {}, and this scalelaw reads up to {}", path, schema,
                            results_schema),
                "read it with the version of scalelaw that wrote it, or a newer one");
  }
}

template <class Row>
std::vector<Row> read_rows(const Hdf5File& file, const RowTable<Row>& form) {
  Table table = empty_table(form);
  file.read_table(table);
  return from_table(form, table);
}

std::int64_t row_of(const Cell& cell, std::size_t rows, const char* what) {
  const auto row = std::get<std::int64_t>(cell);
  if (row < 0 || row >= static_cast<std::int64_t>(rows)) {
    throw Error(fmt::format("there is no {} {}", what, row));
  }
  return row;
}

void read_ranks(const Hdf5File& file, Results& results) {
  Table table = rank_table();
  file.read_table(table);
  for (const std::vector<Cell>& cells : table.rows) {
    const auto integer = [&](std::size_t i) { return std::get<std::int64_t>(cells[i]); };
    const auto real = [&](std::size_t i) { return std::get<double>(cells[i]); };
    const auto sample = row_of(cells[0], results.samples.size(), "sample");
    RankTimes& rank = results.samples[static_cast<std::size_t>(sample)].ranks.emplace_back();
    rank.rank = integer(1);
    double* const phases[] = {&rank.distribute_s, &rank.prepare_s, &rank.compute_s, &rank.wait_s,
                              &rank.combine_s,    &rank.finish_s,  &rank.total_s};
    std::size_t i = 2;
    for (double* phase : phases) *phase = real(i++);
    rank.items = integer(i);
  }
}

void read_threads(const Hdf5File& file, Results& results) {
  Table table = thread_table();
  file.read_table(table);
  for (const std::vector<Cell>& cells : table.rows) {
    const auto sample = row_of(cells[0], results.samples.size(), "sample");
    auto& ranks = results.samples[static_cast<std::size_t>(sample)].ranks;
    for (RankTimes& rank : ranks) {
      if (rank.rank == std::get<std::int64_t>(cells[1])) {
        rank.busy_s.push_back(std::get<double>(cells[3]));
      }
    }
  }
}

/// Files from before there were stages lack the table.
void read_stages(const Hdf5File& file, Results& results) {
  Table table = stage_table();
  if (!file.has_table(table.path)) return;
  file.read_table(table);
  for (const std::vector<Cell>& cells : table.rows) {
    const auto sample = row_of(cells[0], results.samples.size(), "sample");
    results.samples[static_cast<std::size_t>(sample)].stages.push_back(
        {std::get<std::string>(cells[1]), std::get<double>(cells[2])});
  }
}

Results read_everything(const Hdf5File& file) {
  Results results;
  const auto campaign = file.read_attributes("/campaign");
  results.schema = static_cast<int>(attribute<std::int64_t>(file.read_attributes("/"), "schema"));
  results.name = attribute<std::string>(campaign, "name");
  results.seed = attribute<std::int64_t>(campaign, "seed");
  results.started = attribute<std::string>(campaign, "started");
  results.target_interval = attribute<double>(campaign, "target_interval");
  results.config_text = file.read_text("/campaign/config");
  for (const auto& [name, value] : file.read_attributes("/environment")) {
    if (std::holds_alternative<std::string>(value)) {
      results.environment[name] = std::get<std::string>(value);
    }
  }
  results.points = read_rows(file, point_columns());
  results.launches = read_rows(file, launch_columns());
  for (const Launch& launch : results.launches) {
    row_of(launch.point, results.points.size(), "point");
  }
  results.samples = read_rows(file, sample_columns());
  for (const Sample& sample : results.samples) {
    row_of(sample.launch, results.launches.size(), "launch");
  }
  read_ranks(file, results);
  read_threads(file, results);
  read_stages(file, results);
  results.fits = read_rows(file, fit_columns());
  results.predictions = read_rows(file, prediction_columns());
  return results;
}

}  // namespace

void require_writable(const std::string& path) {
  const fs::path folder = fs::absolute(path).parent_path();
  const std::string hint = "choose an --output in a folder that exists and can be written";
  if (fs::is_directory(path)) throw Error(fmt::format("'{}' is a folder", path), hint);
  if (!fs::is_directory(folder)) {
    throw Error(fmt::format("there is no folder '{}'", folder.string()), hint);
  }
  // Asking for permission is not enough: a full or read-only disk says so only when written to.
  std::string probe = (folder / ".scalelaw-XXXXXX").string();
  const int descriptor = ::mkstemp(probe.data());
  if (descriptor < 0) {
    throw Error(fmt::format("cannot write in '{}': {}", folder.string(), std::strerror(errno)),
                hint);
  }
  const bool has_room = ::write(descriptor, "x", 1) == 1;
  ::close(descriptor);
  ::unlink(probe.c_str());
  if (!has_room) throw Error(fmt::format("the disk of '{}' is full", folder.string()), hint);
}

void write_results(const std::string& path, const Results& results) {
  const std::string temporary = fmt::format("{}.{}.part", path, ::getpid());
  try {
    write_everything(temporary, results);
    sync_to_disk(temporary);
    fs::rename(temporary, path);
  } catch (const fs::filesystem_error& error) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw Error(fmt::format("cannot write '{}': {}", path, error.code().message()),
                "choose an --output in a folder that can be written");
  } catch (...) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw;
  }
  sync_to_disk(fs::absolute(path).parent_path());
}

Results read_results(const std::string& path) {
  const Hdf5File file = Hdf5File::open(path);
  require_known_schema(path, file);
  try {
    return read_everything(file);
  } catch (const std::exception& error) {
    throw Error(fmt::format("'{}' is damaged: {}", path, error.what()),
                "restore it from a copy, or run the campaign again");
  }
}

}  // namespace scalelaw
