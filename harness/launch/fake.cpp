#include "harness/launch/fake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "common/error.hpp"
#include "common/range.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// A driver's command line, read back.
struct Asked {
  std::string driver, kernel;
  std::int64_t warmups = 1, samples = 1, diagnostics = 0, seed = 1;
  std::string isa = "scalar", schedule = "static", data = "local", distribution = "block";
  std::int64_t chunk = 0;
  bool overlap = false;
  json params = json::object();
};

std::int64_t whole(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// A parameter as a record gives it: counts as integers, other numbers as numbers.
json parsed(const std::string& text) {
  const json value = json::parse(text, nullptr, false);
  return value.is_number() || value.is_boolean() ? value : json(text);
}

Asked read_arguments(const std::vector<std::string>& words) {
  Asked asked;
  asked.driver = std::filesystem::path(words.at(0)).filename();
  asked.kernel = words.size() > 1 ? words[1] : "";
  for (std::size_t i = 2; i < words.size(); ++i) {
    std::string name = words[i].substr(std::min<std::size_t>(2, words[i].size()));
    std::replace(name.begin(), name.end(), '-', '_');
    if (name == "overlap") {
      asked.overlap = true;
      continue;
    }
    if (i + 1 == words.size()) break;
    const std::string& value = words[++i];
    if (name == "warmups")
      asked.warmups = whole(value);
    else if (name == "samples")
      asked.samples = whole(value);
    else if (name == "diagnostics")
      asked.diagnostics = whole(value);
    else if (name == "seed")
      asked.seed = whole(value);
    else if (name == "isa")
      asked.isa = value;
    else if (name == "schedule")
      asked.schedule = value;
    else if (name == "chunk")
      asked.chunk = whole(value);
    else if (name == "data")
      asked.data = value;
    else if (name == "distribution")
      asked.distribution = value;
    else if (name != "threads" && name != "batch")
      asked.params[name] = parsed(value);
  }
  asked.params["seed"] = asked.seed;
  return asked;
}

json rank_lines(const Placement& placement, bool bound) {
  json ranks = json::array();
  for (std::int64_t rank = 0; rank < placement.ranks(); ++rank) {
    json threads = json::array();
    for (std::int64_t thread = 0; thread < placement.threads; ++thread) {
      const std::int64_t core = rank % placement.ranks_per_node * placement.threads + thread;
      threads.push_back({{"thread", thread},
                         {"cpus", bound ? std::to_string(core) : std::string("0-1023")},
                         {"last_cpu", core}});
    }
    ranks.push_back({{"rank", rank},
                     {"host", fmt::format("fake{}", rank / placement.ranks_per_node)},
                     {"pid", 1000 + rank},
                     {"threads", std::move(threads)}});
  }
  return ranks;
}

json header_line(const Job& job, const Asked& asked, bool bound) {
  const Placement& at = job.placement;
  const bool with_mpi = is_ranked(job.model);
  return {{"record", "header"},
          {"schema", 1},
          {"driver", asked.driver},
          {"implementation", "scalelaw"},
          {"kernel", asked.kernel},
          {"model", to_string(job.model)},
          {"params", asked.params},
          {"seed", asked.seed},
          {"isa", asked.isa},
          {"schedule", {{"kind", asked.schedule}, {"chunk", asked.chunk}}},
          {"data", asked.data},
          {"distribution", asked.distribution},
          {"overlap", asked.overlap},
          {"placement", {{"nodes", at.nodes}, {"ranks", at.ranks()}, {"threads", at.threads}}},
          {"ranks", rank_lines(at, bound)},
          {"work",
           {{"items", 1024},
            {"operations", 1e9},
            {"flops", 0.0},
            {"compulsory_bytes", 0.0},
            {"resident_bytes", 0.0},
            {"amount", 1e9},
            {"unit", "operations"},
            {"memory_bound", false}}},
          {"warmups", asked.warmups},
          {"samples", asked.samples},
          {"batch", 1},
          {"timer", {{"name", "pretended"}, {"resolution_s", 1e-9}, {"overhead_s", 1e-9}}},
          {"build",
           {{"version", "0"},
            {"revision", "fake"},
            {"compiler", "none"},
            {"flags", ""},
            {"type", "fake"},
            {"mpi", ""},
            {"openmp", ""}}},
          {"mpi", with_mpi ? json{{"library", "pretended"}, {"thread_level", "funneled"}} : json()},
          {"verification", "known_answer"}};
}

json sample_line(const Job& job, const FakeTimes& times, std::int64_t index, bool diagnostic,
                 bool verified) {
  json ranks = json::array();
  for (std::int64_t rank = 0; rank < job.placement.ranks(); ++rank) {
    ranks.push_back({{"distribute_s", times.distribute_s},
                     {"prepare_s", times.prepare_s},
                     {"compute_s", times.compute_s},
                     {"wait_s", 0.0},
                     {"combine_s", times.combine_s},
                     {"finish_s", times.finish_s},
                     {"total_s", times.total_s()},
                     {"busy_s", std::vector<double>(static_cast<std::size_t>(job.placement.threads),
                                                    times.compute_s)},
                     {"items", split({0, 1024}, job.placement.ranks(), rank).size()}});
  }
  return {{"record", "sample"},
          {"index", index},
          {"diagnostic", diagnostic},
          {"total_s", times.total_s()},
          {"distribute_s", times.distribute_s},
          {"prepare_s", times.prepare_s},
          {"compute_s", times.compute_s},
          {"combine_s", times.combine_s},
          {"finish_s", times.finish_s},
          {"ranks", std::move(ranks)},
          {"facts", {{"sum", verified ? "0x1" : "0x2"}}},
          {"verified", verified},
          {"fault", verified ? "" : "the sum is 0x2, not 0x1"}};
}

FakeTimes scaled(FakeTimes times, double factor) {
  for (double* phase : {&times.distribute_s, &times.prepare_s, &times.compute_s, &times.combine_s,
                        &times.finish_s}) {
    *phase *= factor;
  }
  return times;
}

Outcome outcome_of(FakeFault fault, double wall_s) {
  Outcome out;
  out.wall_s = wall_s;
  switch (fault) {
    case FakeFault::crash:
      out.exit_code = 128 + SIGSEGV;
      out.log = "Segmentation fault\n";
      break;
    case FakeFault::timeout:
      out.exit_code = 128 + SIGTERM;
      out.timed_out = true;
      break;
    case FakeFault::wrong_result:
      out.exit_code = 2;
      out.log = "wrong result: the sum is 0x2, not 0x1\n";
      break;
    case FakeFault::no_record:
      out.exit_code = 3;
      out.log = "scalelaw-fake: it was told to fail\n";
      break;
    case FakeFault::none:
    case FakeFault::truncated:
    case FakeFault::unbound:
      break;
  }
  return out;
}

}  // namespace

FakeMachine amdahl_machine(double t1_s, double serial_fraction) {
  FakeMachine machine;
  machine.times = [=](const Job& job) {
    const auto workers = static_cast<double>(job.placement.workers());
    const double serial = serial_fraction, parallel = 1 - serial_fraction;
    FakeTimes times;
    if (job.scaling == Scaling::weak) {
      const double total_s = t1_s * job.work / (serial + parallel * workers);
      times.prepare_s = total_s * serial;
      times.compute_s = total_s * parallel;
    } else {
      times.prepare_s = t1_s * serial;
      times.compute_s = t1_s * parallel / workers;
    }
    return times;
  };
  return machine;
}

Command FakeLauncher::command(const Job& job) const {
  Command command{job.driver, {}, {}};
  command.argv.emplace_back("--report");
  command.argv.push_back(job.report);
  return command;
}

Outcome FakeLauncher::run(const Job& job) {
  const FakeFault fault = machine_.fault ? machine_.fault(job, launches_) : FakeFault::none;
  ++launches_;
  const Asked asked = read_arguments(job.driver);
  const FakeTimes truth = machine_.times(job);
  std::normal_distribution<double> normal;
  const double common = std::exp(machine_.launch_noise * normal(random_));
  double wall_s = 0;
  if (fault == FakeFault::no_record) return outcome_of(fault, truth.total_s());

  std::ofstream file(job.report, std::ios::trunc);
  file << header_line(job, asked, fault != FakeFault::unbound && !job.oversubscribe) << "\n";
  const std::int64_t count = fault == FakeFault::timeout ? 0
                             : fault == FakeFault::crash ? 1
                                                         : asked.samples + asked.diagnostics;
  bool verified = true;
  for (std::int64_t i = 0; i < count; ++i) {
    const FakeTimes times =
        scaled(truth, common * std::exp(machine_.sample_noise * normal(random_)));
    verified = fault != FakeFault::wrong_result || i + 1 < asked.samples;
    file << sample_line(job, times, i, i >= asked.samples, verified) << "\n";
    wall_s += times.total_s();
  }
  const bool whole_record =
      fault == FakeFault::none || fault == FakeFault::wrong_result || fault == FakeFault::unbound;
  if (whole_record) {
    file << json{{"record", "end"}, {"samples", asked.samples}, {"verified", verified}} << "\n";
  }
  if (!file.flush()) {
    throw Error(fmt::format("cannot write the record '{}'", job.report),
                "check the folder's permissions and free space");
  }
  return outcome_of(fault, wall_s);
}

}  // namespace scalelaw::harness
