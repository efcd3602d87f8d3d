#include "harness/launch/simulate.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <numeric>
#include <sstream>
#include <string_view>

#include "common/error.hpp"
#include "common/looked_in.hpp"
#include "common/quantity.hpp"
#include "common/range.hpp"
#include "harness/launch/choose.hpp"
#include "harness/launch/record_header.hpp"
#include "harness/process/find_program.hpp"
#include "harness/process/process.hpp"
#include "harness/simulate/platform.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::string folder_of(const Job& job) {
  return job.record + ".replay";
}

/// The folder of a replay's files, for this user alone; removed in the end.
class ReplayFolder {
 public:
  explicit ReplayFolder(std::string path) : path_(std::move(path)) {
    std::error_code ignored;         // what cannot be removed cannot be made either
    fs::remove_all(path_, ignored);  // of a harness that was killed
    if (mkdir(path_.c_str(), S_IRWXU) == 0) return;
    throw Error(fmt::format("cannot make the folder '{}': {}", path_, std::strerror(errno)),
                "check the folder's permissions and free space");
  }
  ~ReplayFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ReplayFolder(const ReplayFolder&) = delete;
  ReplayFolder& operator=(const ReplayFolder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

  void write(const std::string& name, const std::function<void(std::ostream&)>& put) const {
    std::ofstream out(file(name), std::ios::trunc);
    put(out);
    if (out.flush()) return;
    throw Error(fmt::format("cannot write '{}'", file(name)), "free space on its disk");
  }
  void write(const std::string& name, const std::string& text) const {
    write(name, [&](std::ostream& out) { out << text; });
  }

 private:
  std::string path_;
};

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

Point point_of(const Job& job) {
  Point out;
  out.kernel = job.kernel;
  out.implementation = job.implementation;
  out.model = job.model;
  out.scaling = job.scaling;
  out.params = job.params;
  out.options = job.options;
  out.placement = job.placement;
  out.work = job.work_model;
  return out;
}

/// The nodes of the platform, in order.
/// Errors: throws Error when the user's hostfile cannot be read, or lists too few.
std::vector<std::string> hosts_of(const SimulateOptions& options, std::int64_t nodes) {
  std::vector<std::string> out;
  if (options.network != Network::file) {
    for (std::int64_t node = 0; node < nodes; ++node) out.push_back(node_name(node));
    return out;
  }
  out = listed_hosts(read_file(options.hostfile));
  if (std::ssize(out) >= nodes) return out;
  throw Error(fmt::format("the hostfile '{}' lists {} of {} nodes{}", options.hostfile, out.size(),
                          nodes, looked_in(options.hostfile)),
              "list the hosts of the platform, one a line");
}

/// Errors: throws Error when a user's platform cannot be read, or its hosts have other speeds.
void require_platform(const SimulateOptions& options) {
  if (options.network != Network::file) return;
  if (!fs::is_regular_file(options.platform_file)) {
    throw Error(fmt::format("there is no platform file '{}'{}", options.platform_file,
                            looked_in(options.platform_file)),
                "name a file with [simulate] platform");
  }
  require_speeds(read_file(options.platform_file));
}

/// `available`: 0 where it is unknown.
void require_memory(double bytes, std::int64_t ranks, double available) {
  if (available <= 0 || bytes <= available) return;
  throw Error(fmt::format("a replay of {} ranks needs {}, {} available", ranks, format_bytes(bytes),
                          format_bytes(available)),
              "simulate fewer ranks");
}

json header_of(const Job& job, const PassCosts& costs, const std::vector<std::string>& hosts,
               std::size_t samples, double resolution_s) {
  const Placement& at = job.placement;
  json ranks = json::array();
  for (std::int64_t rank = 0; rank < at.ranks(); ++rank) {
    json threads = json::array();
    for (std::int64_t thread = 0; thread < at.threads; ++thread) {
      threads.push_back({{"thread", thread}, {"cpus", "unknown"}});
    }
    ranks.push_back({{"rank", rank},
                     {"host", hosts[static_cast<std::size_t>(rank / at.ranks_per_node)]},
                     {"threads", std::move(threads)}});
  }
  json out = record_header(job, costs.phases);
  out["isa"] = "auto";
  out["ranks"] = std::move(ranks);
  out["warmups"] = 0;
  out["samples"] = samples;
  out["batch"] = 1;
  out["timer"] = {{"name", "simulated"}, {"resolution_s", resolution_s}, {"overhead_s", 0.0}};
  out["agreement"] = "sample";
  if (job.work_model.is_object()) out["work"] = job.work_model;
  return out;
}

/// When a rank has done its items: at the end of its last parallel phase.
double items_end_s(const RankPhases& seconds, const std::vector<Phase>& phases) {
  const auto last = std::find_if(phases.rbegin(), phases.rend(),
                                 [](const Phase& phase) { return phase.role == Role::parallel; });
  return std::accumulate(seconds.begin(), seconds.begin() + (phases.rend() - last), 0.0);
}

double sum_of(const RankPhases& seconds) {
  return std::accumulate(seconds.begin(), seconds.end(), 0.0);
}

json simulated_rank(const Job& job, const PassCosts& costs, const RankPhases& seconds,
                    std::int64_t rank, double slowest_s) {
  json phases = json::object();
  double busy_s = 0;
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    phases[costs.phases[i].name] = seconds[i];
    if (costs.phases[i].role == Role::parallel) busy_s += seconds[i];
  }
  json out{{"phases_s", std::move(phases)},
           {"wait_s", slowest_s - items_end_s(seconds, costs.phases)},
           {"total_s", sum_of(seconds)},
           {"items", split({0, job.items}, job.placement.ranks(), rank).size()}};
  // What the threads of a rank did is only known together.
  if (job.placement.threads == 1) out["busy_s"] = {busy_s};
  return out;
}

json sample_of(const Job& job, const PassCosts& costs, const SimulatedPass& pass,
               std::int64_t index, double resolution_s) {
  double total_s = 0, slowest_s = 0;
  for (const RankPhases& seconds : pass) {
    total_s = std::max(total_s, sum_of(seconds));
    slowest_s = std::max(slowest_s, items_end_s(seconds, costs.phases));
  }
  json ranks = json::array();
  for (std::size_t rank = 0; rank < pass.size(); ++rank) {
    ranks.push_back(
        simulated_rank(job, costs, pass[rank], static_cast<std::int64_t>(rank), slowest_s));
  }
  return {{"record", "sample"},        {"index", index},
          {"diagnostic", false},       {"total_s", std::max(total_s, resolution_s)},
          {"ranks", std::move(ranks)}, {"facts", json::object()},
          {"verified", true},          {"fault", ""}};
}

void write_record(const Job& job, const PassCosts& costs, const std::vector<std::string>& hosts,
                  const std::vector<SimulatedPass>& passes, double resolution_s) {
  std::ofstream file(job.record, std::ios::trunc);
  file << header_of(job, costs, hosts, passes.size(), resolution_s) << "\n";
  for (std::size_t i = 0; i < passes.size(); ++i) {
    file << sample_of(job, costs, passes[i], static_cast<std::int64_t>(i), resolution_s) << "\n";
  }
  file << json{{"record", "end"}, {"samples", passes.size()}, {"verified", true}} << "\n";
  if (file.flush()) return;
  throw Error(fmt::format("cannot write the record '{}'", job.record),
              "check the folder's permissions and free space");
}

/// Writes the traces, a line of each in turn: SimGrid keeps in memory what it reads ahead of a rank.
void write_in_turn(const std::vector<Trace>& traces, std::ostream& out) {
  std::vector<std::string_view> left;
  for (const Trace& trace : traces) left.emplace_back(trace.text);
  while (!left.empty()) {
    for (std::string_view& text : left) {
      const std::size_t end = text.find('\n') + 1;
      out << text.substr(0, end);
      text.remove_prefix(end);
    }
    std::erase_if(left, [](std::string_view text) { return text.empty(); });
  }
}

/// Writes the traces, and returns what they consist of.  One file has all ranks: thousands of files
/// would take longer to make and to remove than the replay.
std::vector<Trace> write_traces(const ReplayFolder& folder, const Replay& what,
                                const PassCosts& costs) {
  const std::int64_t ranks = what.placement.ranks();
  std::vector<Trace> traces;
  double bytes = replay_bytes(ranks);
  for (std::int64_t rank = 0; rank < ranks; ++rank) {
    traces.push_back(
        trace_of(costs, rank, ranks, what.passes, what.draws, slow_motion(what.options)));
    bytes += static_cast<double>(traces.back().bytes());
    require_memory(bytes, ranks, what.memory_bytes);
  }
  folder.write(replay_file::traces, [&](std::ostream& out) { write_in_turn(traces, out); });
  folder.write(replay_file::list, std::string(replay_file::traces) + "\n");
  for (Trace& trace : traces) trace.text = {};
  return traces;
}

}  // namespace

double replay_bytes(std::int64_t ranks) {
  // Measured with SimGrid 3.32: 66 MB for 1024 ranks, 136 MB for 4096.
  return 5e7 + 2.4e4 * static_cast<double>(ranks);
}

void require_simgrid() {
  if (!find_program("smpirun").empty()) return;
  throw Error("SimGrid is not there: no smpirun in PATH",
              "install it (Debian: apt-get install libsimgrid-dev; scripts/setup --with simulate)");
}

void require_setup(const Simulation& simulation, const Placement& at) {
  if (at.nodes > simulation.nodes) {
    throw Error(
        fmt::format("{} nodes requested, and the platform has {}", at.nodes, simulation.nodes),
        "raise [simulate] nodes");
  }
  require_platform(simulation.options);
  (void)hosts_of(simulation.options, at.nodes);
  require_memory(replay_bytes(at.ranks()), at.ranks(), simulation.memory_bytes);
}

Command SimulateLauncher::command(const Job& job) const {
  if (!simulation_.measured) {
    throw Error("there is no measured campaign to start from",
                "name its results file: --from FILE.h5, or [simulate] from; or omit --launcher: "
                "then it is measured first");
  }
  require_simgrid();
  require_setup(simulation_, job.placement);
  (void)costs_of(point_of(job), *simulation_.measured);
  return {replay_words(simulation_.options, job.placement.ranks(), folder_of(job)), {}, {}};
}

ReplayEnd replay(const Replay& what, const PassCosts& costs) {
  const ReplayFolder folder(what.folder);
  if (what.options.network != Network::file) {
    folder.write(replay_file::platform, platform_xml(what.options, what.nodes, what.cores));
  }
  folder.write(replay_file::hosts,
               hostfile_text(hosts_of(what.options, what.placement.nodes), what.placement));
  const std::vector<Trace> traces = write_traces(folder, what, costs);
  const Command words{replay_words(what.options, what.placement.ranks(), what.folder), {}, {}};
  ReplayEnd out;
  out.outcome = run_process(words, what.timeout_s, fs::path(what.folder).parent_path());
  if (out.outcome.exit_code != 0 || out.outcome.timed_out || out.outcome.interrupted) return out;
  out.passes = parse_timeline(read_file(folder.file(replay_file::log)), traces,
                              static_cast<std::size_t>(what.passes), costs.phases.size());
  for (SimulatedPass& pass : out.passes) {
    for (RankPhases& rank : pass) {
      for (double& seconds : rank) seconds /= slow_motion(what.options);
    }
  }
  return out;
}

namespace {

/// Starting SimGrid takes as long as many passes of few ranks, and each pass draws anew what its
/// ranks compute.  On many nodes, a single pass has many draws, and several replays, which an
/// interval needs, are to fit a point's budget.
std::int64_t passes_of(const Job& job) {
  constexpr std::int64_t most = 24, rank_passes = 256;
  return std::clamp<std::int64_t>(rank_passes / job.placement.ranks(), 1, most);
}

}  // namespace

Outcome SimulateLauncher::run(const Job& job) try {
  (void)command(job);
  const PassCosts costs = costs_of(point_of(job), *simulation_.measured);
  // The record's name is another one for each launch, also of a campaign that is resumed.
  const Draws draws{static_cast<std::uint64_t>(simulation_.seed) ^
                    std::hash<std::string>{}(fs::path(job.record).filename())};
  const ReplayEnd end = replay({.options = simulation_.options,
                                .nodes = simulation_.nodes,
                                .cores = simulation_.cores,
                                .placement = job.placement,
                                .passes = passes_of(job),
                                .draws = draws,
                                .folder = folder_of(job),
                                .timeout_s = job.timeout_s,
                                .memory_bytes = simulation_.memory_bytes},
                               costs);
  if (!end.passes.empty()) {
    write_record(job, costs, hosts_of(simulation_.options, job.placement.nodes), end.passes,
                 replay_resolution_s / slow_motion(simulation_.options));
  }
  return end.outcome;
} catch (const Error& error) {  // a failed launch is data
  Outcome out;
  out.exit_code = 1;
  out.log = fmt::format("{}\n  hint: {}\n", error.what(), error.hint());
  return out;
}

LauncherType simulate_launcher() {
  return {.name = "simulate",
          .help = "SimGrid replays a measured campaign on the machine of [simulate]",
          .traits = {.real_time = false, .simulates = true, .binds = false},
          .make = [](const LauncherSetup& setup) -> std::unique_ptr<Launcher> {
            return std::make_unique<SimulateLauncher>(Simulation{.options = setup.campaign.simulate,
                                                                 .measured = setup.measured,
                                                                 .nodes = setup.nodes,
                                                                 .cores = setup.cores,
                                                                 .memory_bytes = setup.memory_bytes,
                                                                 .seed = setup.campaign.seed});
          }};
}

}  // namespace scalelaw::harness
