#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/results/results.hpp"
#include "harness/store/regular_file.hpp"

namespace scalelaw::harness {

/// The log that a campaign appends to while it runs.  Killing the harness at any moment loses at
/// most the current launch.  The log is a file of JSON Lines beside the results file, and each line
/// is on the disk before the next launch starts.  The first line is the plan (name, config, seed,
/// environment, points).  Each further line is one launch with its samples, or lists launches that
/// are superseded.  Each line starts with its checksum (checked_line.hpp).
/// Threads: one writer.  A second process that opens the same journal gets an error if the file
/// system has locks.
class Journal {
 public:
  /// Starts an empty journal at `path`, with `plan` as its first line.
  /// Errors: throws Error when there is already a journal (of a campaign to resume or to delete),
  ///         when it is in use, or when it cannot be written.  No empty journal is left behind.
  static Journal begin(const std::string& path, const Results& plan);

  /// Continues the journal at `path`.  `plan` receives its launches and samples, and the start time
  /// and environment of the campaign that began it.  An incomplete last line, as a kill leaves it,
  /// is removed.
  /// Errors: throws Error when there is no journal, when it has another config, plan or build, when
  ///         it is in use, or when a whole line is damaged.
  static Journal resume(const std::string& path, Results& plan);

  /// Continues a complete campaign: begins a journal at `path` with everything in its results file
  /// (`written`), completely or not at all.  `plan` receives it as from resume().
  /// Errors: those of resume(), and when there is a journal: of two processes that do this at one
  ///         moment, one gets it.
  static Journal reopen(const std::string& path, const Results& written, Results& plan);

  /// Removes the journal at `path`, with all that is in it.
  /// Errors: throws Error when there is none, or when it is in use.
  static void discard(const std::string& path);

  /// Appends one launch and its samples.  On return they are on the disk.
  /// Errors: throws Error when the disk refuses (full, gone).  The journal is then unchanged.
  void append(const Launch& launch, const std::vector<Sample>& samples);

  /// Marks launches, given as indices of Results::launches, as superseded.  This appends a line,
  /// since a journal only grows.
  void supersede(const std::vector<std::int64_t>& launches);

  [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }

  /// Why the journal is not locked (the file system has no locks); empty when it is.
  [[nodiscard]] const std::string& lock_fault() const noexcept { return lock_fault_; }

  /// Removes the file, once everything in it is in the results file.
  void remove() noexcept;

 private:
  explicit Journal(RegularFile file);
  void cut_to(std::int64_t size);
  void write_line(const nlohmann::json& line);

  RegularFile file_;
  std::int64_t end_ = 0;  ///< of the whole lines
  std::string lock_fault_;
};

/// The plan and the launches so far in the journal at `path`, which another process may be writing.
/// An incomplete last line is omitted.  Returns nothing when not even the plan is complete.
/// Errors: throws Error when there is no journal, or when a whole line is damaged.
std::optional<Results> read_journal(const std::string& path);

/// The plan of the journal alone; reads only its first line.
std::optional<Results> read_journal_plan(const std::string& path);

/// The plan of a campaign (all of `plan` but its launches and samples) as JSON, and back.
nlohmann::json plan_to_json(const Results& plan);
Results plan_from_json(const nlohmann::json& line);

}  // namespace scalelaw::harness
