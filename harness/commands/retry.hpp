#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/results/results.hpp"
#include "harness/store/journal.hpp"

namespace scalelaw::harness {

/// The points that --retry selects: those that match any of its words.  Each word is "failed", a
/// state of points, or a filter KEY=VALUE.
using RetryWords = std::vector<std::string>;

/// Adds the option --retry, which needs `resume`.
void add_retry_option(CLI::App& app, CLI::Option& resume, RetryWords& words);

/// Errors: throws Error for a word of another form, or an unknown key.
void check_retry(const RetryWords& words);

/// Whether any of the words matches a point in its state.
bool is_retried(const RetryWords& words, const Point& point);

/// For each point of `plan`: whether a word matches it in its state in `known`.  Points that the
/// plan skips never match.
std::vector<bool> retried_points(const RetryWords& words, const std::vector<Point>& known,
                                 const std::vector<Point>& plan);

/// The journal of a campaign that continues by measuring some points again: the one at
/// journal_path(output), or else a new one that starts from the results file.  `results`, a plan,
/// receives all that was measured, with the launches of those points marked as superseded, as in
/// the journal.  Points that the plan skips keep what they have; points that the complete campaign
/// skipped are measured when they are retried and the plan no longer skips them.
/// Errors: throws Error when no point of a complete campaign matches, and those of
/// Journal::resume().
Journal resume_with_retry(const std::string& output, const RetryWords& words,
                          const Measuring& measuring, Results& results);

}  // namespace scalelaw::harness
