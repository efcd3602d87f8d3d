#include "harness/store/results_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "common/error.hpp"
#include "harness/results/phases.hpp"
#include "harness/store/damage.hpp"
#include "harness/store/hdf5_file.hpp"
#include "harness/store/output_path.hpp"
#include "harness/store/results_columns.hpp"
#include "harness/store/schema_1.hpp"
#include "harness/store/seal.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr const char* format_name = "scalelaw results";
constexpr std::int64_t last_unsealed_schema = 1;

/// Puts the directory entry of a renamed file on the disk.
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
  file.write_attribute("/", "derived_by", results.derived_by);
  file.write_attribute("/campaign", "name", results.name);
  file.write_attribute("/campaign", "seed", results.seed);
  file.write_attribute("/campaign", "started", results.started);
  file.write_attribute("/campaign", "target_interval", results.target_interval);
  file.write_text("/campaign/config", results.config_text);
  for (const auto& [name, value] : results.environment) {
    file.write_attribute("/environment", name, value);
  }
  if (results.environment.empty()) file.write_attribute("/environment", "captured", false);
  for_each_table(
      results, [&](const TableHead& head, const GiveRows& give) { file.write_table(head, give); });
  file.close();
}

template <class T>
T attribute(const std::map<std::string, Cell>& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  if (found == attributes.end() || !std::holds_alternative<T>(found->second)) {
    throw Error(fmt::format("the attribute '{}' is missing, or of another type", name),
                damage_hint);
  }
  return std::get<T>(found->second);
}

void require_known_schema(const std::string& path, const Hdf5File& file, bool sealed) {
  const auto root = file.read_attributes("/");
  if (root.count("format") == 0 || root.at("format") != Cell(std::string(format_name)) ||
      root.count("schema") == 0) {
    throw Error(fmt::format("'{}' is an HDF5 file, but not a results file of scalelaw", path),
                "give a file that scalelaw run wrote");
  }
  const auto schema = attribute<std::int64_t>(root, "schema");
  if (schema < 1 || schema > results_schema) {
    throw Error(fmt::format("'{}' has schema {}, but this scalelaw reads only up to {}", path,
                            schema, results_schema),
                "read it with the version of scalelaw that wrote it, or a newer one");
  }
  if (schema > last_unsealed_schema && !sealed) {
    throw Error(
        fmt::format("'{}' has lost the checksum at its start", path),
        "copy results files unchanged; a file that another program rewrote (h5repack) looks "
        "like a damaged one");
  }
}

/// Calls take(cells, row) for each row of the table of `form`.  `cells` start with the row's keys.
template <class Row, class Take>
void for_each_row(const Hdf5File& file, const RowTable<Row>& form, const Take& take) {
  file.read_table(head_of(form), [&](const Cells& cells) { take(cells, row_of(form, cells)); });
}

template <class Row>
std::vector<Row> read_rows(const Hdf5File& file, const RowTable<Row>& form) {
  std::vector<Row> rows;
  for_each_row(file, form, [&](const Cells&, Row row) { rows.push_back(std::move(row)); });
  return rows;
}

/// The rows of a derived table; empty when the file has no such table, which can be derived again.
template <class Row>
std::vector<Row> read_derived(const Hdf5File& file, const RowTable<Row>& form) {
  return file.has_table(form.path) ? read_rows(file, form) : std::vector<Row>{};
}

/// The element that a reference to a row names.
template <class Row>
Row& at(std::vector<Row>& rows, std::int64_t row, const char* what) {
  if (row < 0 || row >= static_cast<std::int64_t>(rows.size())) {
    throw Error(fmt::format("there is no {} {}", what, row));
  }
  return rows[static_cast<std::size_t>(row)];
}

/// The rank with that number, which is usually also its index.
RankTimes& rank_of(Sample& sample, std::int64_t number) {
  std::vector<RankTimes>& ranks = sample.ranks;
  if (number >= 0 && number < static_cast<std::int64_t>(ranks.size()) &&
      ranks[static_cast<std::size_t>(number)].rank == number) {
    return ranks[static_cast<std::size_t>(number)];
  }
  const auto found = std::find_if(ranks.begin(), ranks.end(),
                                  [&](const auto& rank) { return rank.rank == number; });
  if (found == ranks.end()) throw Error(fmt::format("a sample has no rank {}", number));
  return *found;
}

void read_phases(const Hdf5File& file, Results& results) {
  if (has_phase_columns(file)) {
    read_phase_columns(file, results);
    return;
  }
  std::vector<Phase> phases = read_rows(file, phase_columns());
  for_each_row(file, phase_time_columns(), [&](const Cells& cells, double seconds) {
    Sample& sample = at(results.samples, key_of(cells, 0), "sample");
    const Phase& phase = at(phases, key_of(cells, 2), "phase");
    rank_of(sample, key_of(cells, 1)).phases.push_back({phase.name, phase.role, seconds});
  });
  for (Sample& sample : results.samples) sample.phases = longest_phases(sample.ranks);
}

void read_samples(const Hdf5File& file, Results& results) {
  std::vector<Sample>& samples = results.samples;
  for_each_row(file, sample_columns(), [&](const Cells& cells, Sample sample) {
    sample.launch = key_of(cells, 0);
    at(results.launches, sample.launch, "launch");
    samples.push_back(std::move(sample));
  });
  for_each_row(file, rank_columns(), [&](const Cells& cells, RankTimes rank) {
    rank.rank = key_of(cells, 1);
    at(samples, key_of(cells, 0), "sample").ranks.push_back(std::move(rank));
  });
  read_phases(file, results);
  for_each_row(file, thread_columns(), [&](const Cells& cells, double busy_s) {
    Sample& sample = at(samples, key_of(cells, 0), "sample");
    rank_of(sample, key_of(cells, 1)).busy_s.push_back(busy_s);
  });
  if (!file.has_table(stage_columns().path)) return;  // it is from before there were stages
  for_each_row(file, stage_columns(), [&](const Cells& cells, StageTime stage) {
    at(samples, key_of(cells, 0), "sample").stages.push_back(std::move(stage));
  });
}

Results read_everything(const Hdf5File& file) {
  Results results;
  const auto root = file.read_attributes("/"), campaign = file.read_attributes("/campaign");
  results.schema = static_cast<int>(attribute<std::int64_t>(root, "schema"));
  if (root.contains("derived_by")) results.derived_by = attribute<std::string>(root, "derived_by");
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
  for (Point& point : results.points) complete_schema_1(point);
  results.launches = read_rows(file, launch_columns());
  for (const Point& point : results.points) {
    if (point.shares < 0) continue;
    if (at(results.points, point.shares, "point").shares < 0) continue;
    throw Error(fmt::format("'{}' shares the launches of a point that has none", point.id));
  }
  for (Launch& launch : results.launches) {
    complete_schema_1(launch);
    at(results.points, launch.point, "point");
  }
  read_samples(file, results);
  results.scaling = read_derived(file, scaling_columns());
  results.account = read_derived(file, account_columns());
  results.fits = read_derived(file, fit_columns());
  results.predictions = read_derived(file, prediction_columns());
  results.findings = read_derived(file, finding_columns());
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
    // The samples of each launch must be adjacent (results/launch_samples.hpp).
    std::stable_sort(results.samples.begin(), results.samples.end(),
                     [](const Sample& a, const Sample& b) { return a.launch < b.launch; });
    return results;
  } catch (const std::exception& error) {
    throw Error(fmt::format("'{}' is damaged: {}", path, error.what()), damage_hint);
  }
}

/// A new file among the system's temporary ones, which is removed in the end.
class TemporaryFile {
 public:
  TemporaryFile() : path_((fs::temp_directory_path() / "scalelaw-XXXXXX").string()) {
    const int descriptor = ::mkstemp(path_.data());
    if (descriptor < 0) {
      throw Error(fmt::format("cannot make a file in '{}': {}",
                              fs::path(path_).parent_path().string(), std::strerror(errno)),
                  "name another folder in TMPDIR");
    }
    ::close(descriptor);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { ::unlink(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// What the separate process leaves in place of the results: an error and its hint, ended by NULs.
void leave_error(const std::string& path, const std::string& what, const std::string& remedy) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << what << '\0' << remedy << '\0';
}

[[noreturn]] void throw_left_error(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string what, remedy;
  std::getline(in, what, '\0');
  std::getline(in, remedy, '\0');
  throw Error(what, remedy);
}

constexpr int refused = 1;

/// The separate process: copies the results in `from` to `to`, in the present schema.
[[noreturn]] void copy_and_exit(const std::string& from, const std::string& to) {
  constexpr unsigned patience_s = 300;
  ::alarm(patience_s);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  // The C library's last words are of no use.  Without a stderr, they would go into a file of HDF5.
  ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
  try {
    write_everything(to, read_checked(from, false));
  } catch (const Error& error) {
    leave_error(to, error.what(), error.hint());
    ::_exit(refused);
  } catch (const std::exception& error) {
    leave_error(to, fmt::format("'{}' is damaged: {}", from, error.what()), damage_hint);
    ::_exit(refused);
  }
  ::_exit(0);  // not by exit(): what the file broke in HDF5 may crash at its end
}

/// Reads a file without a seal, which those of the first schema are.  libhdf5 crashes on some
/// damaged ones, and others break its types or the heap, so that the program crashes later, even
/// at its end.  So only a separate process gives such a file to it, and copies what it read.
Results read_unsealed(const std::string& path) {
  const TemporaryFile copy;
  const pid_t reader = ::fork();
  if (reader < 0) {
    throw Error(fmt::format("cannot start a process to read '{}': {}", path, std::strerror(errno)),
                "end other programs, or raise the limit on processes (ulimit -u)");
  }
  if (reader == 0) copy_and_exit(path, copy.path());
  int status = 0;
  while (::waitpid(reader, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFSIGNALED(status)) {
    throw Error(fmt::format("'{}' is damaged: the HDF5 library fails to read it", path),
                damage_hint);
  }
  if (WEXITSTATUS(status) == refused) throw_left_error(copy.path());
  Results results = read_checked(copy.path(), true);
  results.schema = last_unsealed_schema;
  return results;
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
                "choose an --output in a writable folder");
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
  return sealed ? read_checked(path, true) : read_unsealed(path);
}

}  // namespace scalelaw::harness
