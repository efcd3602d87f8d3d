#include "harness/store/results_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "common/error.hpp"
#include "harness/store/hdf5_file.hpp"
#include "harness/store/output_path.hpp"
#include "harness/store/results_columns.hpp"
#include "harness/store/seal.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr const char* format_name = "scalelaw results";
constexpr std::int64_t last_unsealed_schema = 1;
constexpr const char* damage_hint = "restore it from a copy, or run the campaign again";

/// Puts the entry of a renamed file on the disk.
void sync_folder(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;  // a folder that may not be read: then the system syncs in its time
  ::fsync(descriptor);
  ::close(descriptor);
}

void write_everything(const std::string& path, const Results& results) {
  Hdf5File file = Hdf5File::create(path, seal_bytes);
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
  for_each_table(results, [&](const Table& table) { file.write_table(table); });
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

void require_known_schema(const std::string& path, const Hdf5File& file, bool sealed) {
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
  if (schema > last_unsealed_schema && !sealed) {
    throw Error(fmt::format("'{}' has lost the checksum at its start", path),
                "copy results files as they are; what another program wrote anew (h5repack) cannot "
                "be told from a damaged file");
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

void require_results_file(const std::string& path) {
  std::error_code fault;
  if (fs::exists(fs::status(path, fault))) return;
  throw Error(fmt::format("there is no results file '{}'", path),
              "scalelaw run CONFIG --output FILE writes one");
}

/// Reads a file whose seal has been checked, if it has one.
Results read_checked(const std::string& path, bool sealed) {
  const Hdf5File file = Hdf5File::open(path);
  require_known_schema(path, file, sealed);
  try {
    Results results = read_everything(file);
    // Samples of one launch stand together (results/launch_samples.hpp).
    std::stable_sort(results.samples.begin(), results.samples.end(),
                     [](const Sample& a, const Sample& b) { return a.launch < b.launch; });
    return results;
  } catch (const std::exception& error) {
    throw Error(fmt::format("'{}' is damaged: {}", path, error.what()), damage_hint);
  }
}

/// Files of the first schema have no seal, and libhdf5 crashes on some damaged ones: a process of
/// its own reads them first.  Errors: throws Error when it does not survive.
void survive_reading(const std::string& path) {
  constexpr unsigned patience_s = 300;
  const pid_t reader = ::fork();
  if (reader < 0) return;  // no room for a process: then without this test
  if (reader == 0) {
    ::alarm(patience_s);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::close(STDERR_FILENO);  // the C library's last words are of no use
    try {
      (void)read_checked(path, false);
    } catch (...) {  // an Error comes again, where it can be told
    }
    ::_exit(0);
  }
  int status = 0;
  while (::waitpid(reader, &status, 0) < 0 && errno == EINTR) continue;
  if (!WIFSIGNALED(status)) return;
  throw Error(fmt::format("'{}' is damaged: the HDF5 library fails to read it", path), damage_hint);
}

}  // namespace

void write_results(const std::string& path, const Results& results) {
  require_writable(path);
  const std::string target = target_path(path), part = part_path(target);
  try {
    write_everything(part, results);
    write_seal(part);
    fs::rename(part, target);
  } catch (const fs::filesystem_error& error) {
    std::error_code ignored;
    fs::remove(part, ignored);
    throw Error(fmt::format("cannot write '{}': {}", path, error.code().message()),
                "choose an --output in a folder that can be written");
  } catch (...) {
    std::error_code ignored;
    fs::remove(part, ignored);
    throw;
  }
  sync_folder(fs::absolute(target).parent_path());
}

Results read_results(const std::string& path) {
  require_results_file(path);
  const bool sealed = check_seal(path);
  if (!sealed) survive_reading(path);
  return read_checked(path, sealed);
}

}  // namespace scalelaw::harness
