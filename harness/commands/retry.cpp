#include "harness/commands/retry.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "harness/commands/choice_option.hpp"
#include "harness/commands/filters.hpp"
#include "harness/commands/prepare.hpp"
#include "harness/measure/verdict.hpp"
#include "harness/results/shared_launches.hpp"
#include "harness/results/simulated_part.hpp"
#include "harness/store/output_path.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

constexpr const char* all_failures = "failed";

std::optional<State> state_named(const std::string& word) {
  const auto names = enum_names(State{});
  const auto found = std::find(names.begin(), names.end(), word);
  if (found == names.end() || word == to_string(State::ok)) return std::nullopt;  // of launches
  return static_cast<State>(found - names.begin());
}

/// The words that --retry takes.
std::vector<std::string> retry_words() {
  std::vector<std::string> words{all_failures};
  for (const std::string_view name : enum_names(State{})) {
    if (state_named(std::string(name))) words.emplace_back(name);
  }
  return words;
}

[[noreturn]] void fail_unmatched(const std::string& output, const RetryWords& words) {
  throw Error(fmt::format("no point of '{}' matches --retry {} and can be measured here", output,
                          fmt::join(words, " --retry ")),
              fmt::format("scalelaw report {} lists the points and their states", output));
}

/// Marks the launches of the retried points as superseded.
void supersede(const std::vector<bool>& retried, Results& results, Journal& journal) {
  std::vector<std::int64_t> launches;
  for (std::size_t i = 0; i < results.launches.size(); ++i) {
    Launch& launch = results.launches[i];
    if (launch.superseded || !retried[static_cast<std::size_t>(launch.point)]) continue;
    launch.superseded = true;
    launches.push_back(static_cast<std::int64_t>(i));
  }
  if (!launches.empty()) journal.supersede(launches);
}

bool any(const std::vector<bool>& retried) {
  return std::find(retried.begin(), retried.end(), true) != retried.end();
}

Journal resume_unfinished(const std::string& output, const RetryWords& words,
                          const Measuring& measuring, Results& results) {
  Journal journal = Journal::resume(journal_path(output), results);
  Results judged = results;
  judge(judged, measuring);
  const std::vector<bool> retried = retried_points(words, judged.points, results.points);
  if (!any(retried)) {
    complain("scalelaw",
             fmt::format("no point matches --retry {}; only pending points are measured",
                         fmt::join(words, " --retry ")));
  }
  supersede(retried, results, journal);
  return journal;
}

Journal resume_complete(const std::string& output, const RetryWords& words, Results& results) {
  const Results written = without_measured(read_results(output));
  const std::vector<bool> retried = retried_points(words, written.points, results.points);
  if (!any(retried)) fail_unmatched(output, words);
  Results plan = results;
  Journal journal = Journal::reopen(journal_path(output), written, plan);
  results = std::move(plan);
  for (std::size_t i = 0; i < retried.size(); ++i) {
    const Point& before = written.points[i];
    Point& now = results.points[i];
    // Other points stay as they are, although the machine may have changed.
    if (retried[i] || (before.state == State::skipped) == (now.state == State::skipped)) continue;
    now.state = before.state;
    now.reason = before.reason;
  }
  supersede(retried, results, journal);
  return journal;
}

}  // namespace

void add_retry_option(CLI::App& app, CLI::Option& resume, RetryWords& words) {
  app.add_option(
         "--retry", words,
         "with --resume: measure points again: all that failed, those of a state, or KEY=VALUE as "
         "for --filter; may be repeated to select points that match any; the old launches are kept "
         "and marked as superseded")
      ->type_name(braces(retry_words()) + "|KEY=VALUE")
      ->allow_extra_args(false)
      ->needs(&resume);
}

void check_retry(const RetryWords& words) {
  for (const std::string& word : words) {
    if (word == all_failures || state_named(word)) continue;
    if (word.find('=') != std::string::npos) {
      (void)passes(Point{}, {word});
      continue;
    }
    throw Error(fmt::format("'--retry': '{}' is neither a state nor a filter", word),
                fmt::format("give {}, or KEY=VALUE", fmt::join(retry_words(), ", ")));
  }
}

bool is_retried(const RetryWords& words, const Point& point) {
  const State state = point.state;
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    if (word == all_failures) return is_failure(state);
    if (const std::optional<State> named = state_named(word)) return state == *named;
    return passes(point, {word});
  });
}

std::vector<bool> retried_points(const RetryWords& words, const std::vector<Point>& known,
                                 const std::vector<Point>& plan) {
  std::vector<bool> retried;
  for (std::size_t i = 0; i < known.size() && i < plan.size(); ++i) {
    retried.push_back(plan[i].state == State::pending && is_retried(words, known[i]));
  }
  // Launches are superseded for all points that share them.
  std::set<std::int64_t> launched;
  for (std::size_t i = 0; i < retried.size(); ++i) {
    if (retried[i]) launched.insert(launched_as(known, static_cast<std::int64_t>(i)));
  }
  for (std::size_t i = 0; i < retried.size(); ++i) {
    retried[i] = launched.contains(launched_as(known, static_cast<std::int64_t>(i)));
  }
  return retried;
}

Journal resume_with_retry(const std::string& output, const RetryWords& words,
                          const Measuring& measuring, Results& results) {
  check_retry(words);
  return std::filesystem::exists(journal_path(output))
             ? resume_unfinished(output, words, measuring, results)
             : resume_complete(output, words, results);
}

}  // namespace scalelaw::harness
