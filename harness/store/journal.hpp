#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/results/results.hpp"
#include "harness/store/regular_file.hpp"

namespace scalelaw::harness {

/// What a campaign appends while it runs, so that killing the harness at any instant loses at most
/// the launch under way: JSON Lines beside the results file, on the disk before the next launch
/// starts. The first line is the plan (name, config, seed, environment, points); each further line
/// is one launch with its samples, or the numbers of launches that are superseded.  Each line
/// starts with its checksum (checked_line.hpp).
/// Threads: one writer.  A second process that opens the same journal gets an error, where the file
/// system has locks.
class Journal {
 public:
  /// Starts an empty journal at `path`, with `plan` as its first line.
  /// Errors: throws Error when there is a journal already (a campaign to resume, or to throw away),
  ///         when it is in use, or cannot be written; no empty journal stays behind.
  static Journal begin(const std::string& path, const Results& plan);

  /// Goes on with the journal at `path`; `plan` receives the launches and samples in it, and the
  /// start time and environment of the campaign that began it.  A torn last line, which is what a
  /// kill leaves, is cut off.
  /// Errors: throws Error when there is none, when it is of another config, plan or build, when it
  ///         is in use, or when a whole line is damaged.
  static Journal resume(const std::string& path, Results& plan);

  /// Goes on with a complete campaign: begins a journal at `path` with all that a results file
  /// holds (`written`), whole or not at all; `plan` receives it as by resume().
  /// Errors: as those of resume().
  static Journal reopen(const std::string& path, const Results& written, Results& plan);

  /// Appends one launch and its samples; on return they are on the disk.
  /// Errors: throws Error when the disk refuses (full, gone); the journal then holds what it held
  ///         before.
  void append(const Launch& launch, const std::vector<Sample>& samples);

  /// Marks launches, by their numbers in Results::launches, as superseded: a line of its own, since
  /// a journal only grows.
  void supersede(const std::vector<std::int64_t>& launches);

  [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }

  /// Why a second process would not be kept away: the file system has no locks.  Empty: it would.
  [[nodiscard]] const std::string& lock_fault() const noexcept { return lock_fault_; }

  /// Removes the file: everything in it is in the results file now.
  void remove() noexcept;

 private:
  explicit Journal(RegularFile file);
  void cut_to(std::int64_t size);
  void write_line(const nlohmann::json& line);

  RegularFile file_;
  std::int64_t end_ = 0;  ///< of the whole lines
  std::string lock_fault_;
};

/// What the journal at `path` holds, read beside its writer: the plan, and the launches so far.  A
/// torn last line is left out; nothing at all when not even the plan is whole.
/// Errors: throws Error when there is none, or when a whole line is damaged.
std::optional<Results> read_journal(const std::string& path);

/// Likewise its plan alone, without reading further than the first line.
std::optional<Results> read_journal_plan(const std::string& path);

/// The plan of a campaign (all of `plan` but its launches and samples) as JSON, and back.
nlohmann::json plan_to_json(const Results& plan);
Results plan_from_json(const nlohmann::json& line);

}  // namespace scalelaw::harness
