#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/results/results.hpp"
#include "harness/store/table.hpp"

namespace scalelaw::harness {

/// The schema of the results files that this program writes; also the newest that it can read.
constexpr int results_schema = 2;

/// Writes a campaign as an HDF5 file (docs/results-file.md).  It writes to a temporary file beside
/// `path`, and renames that when everything is on the disk.  So `path` is always a complete file,
/// old or new.  A symbolic link is followed and kept.
/// Errors: throws Error when `path` is something other than a regular file, when the folder cannot
///         be written, or when the disk is full.  The temporary file is then removed.
void write_results(const std::string& path, const Results& results);

/// Reads a file that write_results() wrote.
/// Errors: throws Error when there is no such file, when it is not an HDF5 file, when it is damaged
///         or was changed after it was written, when scalelaw did not write it, or when its schema
///         is newer than this program's.
Results read_results(const std::string& path);

/// Receives a table's head and a source of its rows.
using VisitTable = std::function<void(const TableHead&, const GiveRows&)>;

/// Visits the tables of a results file in the order in which they are written.  Rows are made one
/// at a time, because those of all tables would take several times the memory of `results`.  The
/// tables below /parameters and /facts, one per kernel, come last.
void for_each_table(const Results& results, const VisitTable& visit);

/// All of them at once.
std::vector<Table> tables_of(const Results& results);

}  // namespace scalelaw::harness
