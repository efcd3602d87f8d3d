#pragma once

#include <string>
#include <vector>

#include "harness/results.hpp"
#include "harness/store/table.hpp"

namespace scalelaw {

/// The schema of the results files that this program writes, and the newest that it reads.
constexpr int results_schema = 2;

/// Writes a campaign as an HDF5 file (docs/results-file.md), to a temporary name beside `path` that
/// is renamed when all is on the disk: `path` holds the old file or the new one, never half of one.
/// Errors: throws Error when the folder cannot be written, or the disk is full; the temporary file
/// is
///         removed then.
void write_results(const std::string& path, const Results& results);

/// Reads what write_results() wrote.
/// Errors: throws Error when there is no such file, when it is no HDF5 file or a damaged one, when
/// it
///         is not of scalelaw, or of a newer schema than this program knows.
Results read_results(const std::string& path);

/// Throws Error, with the remedy, unless a results file can be written at `path`; asked before a
/// campaign starts.
void require_writable(const std::string& path);

/// The tables of a results file with their rows, as they are written.  The tables below
/// /parameters and /facts, one per kernel, come last.
std::vector<Table> tables_of(const Results& results);

}  // namespace scalelaw
