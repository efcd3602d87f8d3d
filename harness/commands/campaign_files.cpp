#include "harness/commands/campaign_files.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <map>

#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/commands/commands.hpp"
#include "harness/commands/simulation.hpp"
#include "harness/machine/environment.hpp"
#include "harness/results/preview_mark.hpp"
#include "harness/simulate/platform.hpp"
#include "harness/statistics/summary.hpp"
#include "harness/store/hdf5_file.hpp"
#include "harness/store/output_path.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

std::string utc_now(const char* format) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format(fmt::runtime(fmt::format("{{:{}}}", format)), fmt::gmtime(now));
}

/// Prints the notes of successful launches, such as processes that they left running.
void print_launch_notes(const Results& results) {
  std::int64_t noted = 0;
  const Launch* first = nullptr;
  for (const Launch& launch : results.launches) {
    if (launch.state != State::ok || launch.reason.empty()) continue;
    ++noted;
    if (first == nullptr) first = &launch;
  }
  if (first == nullptr) return;
  fmt::print("{} of {} launches have a note, the first of {}: {}\n", noted, results.launches.size(),
             results.points[static_cast<std::size_t>(first->point)].id, first->reason);
}

/// How many of the launches that give times ran beside other work.  A launch that failed has no time
/// to spoil.
void print_busy(const Results& results) {
  std::int64_t timed = 0, busy = 0;
  for (const Launch& launch : results.launches) {
    if (!gives_times(launch)) continue;
    ++timed;
    busy += launch.busy ? 1 : 0;
  }
  if (busy == 0) return;
  fmt::print(
      "{} of {} timed launches ran while other work used the cores: stop it and measure again\n",
      busy, timed);
}

}  // namespace

std::string free_output(const std::string& stem) {
  std::error_code unreachable;  // writing says why
  const auto taken = [&](const std::string& name) {
    const std::string file = name + ".h5";
    return fs::exists(name, unreachable) || fs::exists(file, unreachable) ||
           fs::exists(journal_path(file), unreachable);
  };
  std::string name = stem;
  for (int next = 2; taken(name); ++next) name = fmt::format("{}-{}", stem, next);
  return name;
}

std::string default_output(const std::string& name) {
  return free_output(fmt::format("results/{}-{}", name, utc_now("%Y%m%dT%H%M%SZ")));
}

void require_output(const std::string& output) {
  const fs::path folder = fs::absolute(output).parent_path();
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) {
    throw Error(fmt::format("cannot make the folder '{}': {}", folder.string(), failure.message()),
                "choose another --output");
  }
  require_writable(output);
}

void require_free(const std::string& output, bool overwrite) {
  std::error_code unknown;
  if (overwrite || !fs::exists(output, unknown)) return;
  throw Error(fmt::format("'{}' exists", output),
              "choose another --output, or give --overwrite to replace it");
}

Results results_of(const Prepared& prepared) {
  Results out;
  out.name = prepared.campaign.name;
  out.config_text = prepared.campaign.text;
  out.seed = prepared.campaign.seed;
  out.started = utc_now("%Y-%m-%dT%H:%M:%SZ");
  out.target_interval = prepared.campaign.measuring.target_interval;
  out.points = prepared.points;
  out.environment = capture_environment();
  out.environment["library.hdf5"] = hdf5_version();
  out.environment["launcher"] = prepared.launcher_name;
  if (prepared.preview) mark_as_preview(out);
  if (prepared.memory) store_planned_memory(*prepared.memory, out);
  if (prepared.traits.simulates) {
    if (prepared.measured) take_machine(*prepared.measured, out.environment);
    out.environment["simulated.cores"] = std::to_string(prepared.machine.cores);
    out.environment["simulated.nodes"] = std::to_string(prepared.machine.nodes);
    const SimulateOptions& options = prepared.campaign.simulate;
    out.environment["simulated.from"] = options.from;
    if (prepared.measured) out.environment["simulated.from_started"] = prepared.measured->started;
    if (options.network != Network::file) {
      out.environment["simulated.node_latency_s"] = fmt::format("{:.4g}", node_latency_s(options));
      out.environment["simulated.node_bandwidth"] =
          fmt::format("{:.4g}", node_bandwidth_bytes_per_s(options));
    }
  } else if (!prepared.traits.real_time) {
    out.environment["pretended.cores"] = std::to_string(prepared.machine.cores);
    out.environment["pretended.nodes"] = std::to_string(prepared.machine.nodes);
  }
  return out;
}

int print_end(const Results& results, const std::string& output) {
  std::map<State, std::int64_t> counts;
  bool any_lacks = false;
  for (const Point& point : results.points) {
    ++counts[point.state];
    any_lacks = any_lacks || is_failure(point.state) || point.state == State::pending;
    if (is_failure(point.state) || point.state == State::skipped || point.state == State::pending) {
      print_error(fmt::format("{}: {}: {}\n", to_string(point.state), point.id, point.reason));
    }
  }
  std::string text;
  for (const auto& [state, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, to_string(state));
  }
  fmt::print("{}: {} point{}: {}\n", output, results.points.size(),
             results.points.size() == 1 ? "" : "s", text);
  print_busy(results);
  print_launch_notes(results);
  if (const auto warning = clock_warning(results)) fmt::print("{}\n", *warning);
  return any_lacks ? exit_failures : exit_well;
}

void print_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) complain("scalelaw", note);
}

}  // namespace scalelaw::harness
