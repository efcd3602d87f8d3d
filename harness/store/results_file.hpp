#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/results/results.hpp"
#include "harness/store/table.hpp"

namespace scalelaw::harness {

/// The schema of the results files that this program writes, and the newest that it reads.
constexpr int results_schema = 2;

/// Writes a campaign as an HDF5 file (docs/results-file.md), to a temporary name beside `path` that
/// is renamed when all is on the disk: `path` holds the old file or the new one, never half of one.
/// A symbolic link is followed and stays.
/// Errors: throws Error when `path` is something other than a regular file, when the folder cannot
///         be written, or when the disk is full; the temporary file is removed then.
void write_results(const std::string& path, const Results& results);

/// Reads what write_results() wrote.
/// Errors: throws Error when there is no such file, when it is not an HDF5 file, when it is damaged
///         or was changed after it was written, when it is not of scalelaw, or of a newer schema
///         than this program knows.
Results read_results(const std::string& path);

/// Takes a table's head, and what gives its rows.
using VisitTable = std::function<void(const TableHead&, const GiveRows&)>;

/// Visits the tables of a results file as they are written, one after the other.  Rows are made one
/// at a time: those of all tables would take several times the room of `results`.  The tables below
/// /parameters and /facts, one per kernel, come last.
void for_each_table(const Results& results, const VisitTable& visit);

/// All of them at once.
std::vector<Table> tables_of(const Results& results);

}  // namespace scalelaw::harness
