#include "harness/launch/fake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <fstream>

#include "common/error.hpp"
#include "common/range.hpp"
#include "harness/launch/choose.hpp"
#include "harness/launch/record_header.hpp"
#include "harness/results/phases.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

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

json header_line(const Job& job, bool bound, const FakeTimes& times, bool own_facts) {
  std::vector<Phase> phases;
  for (const PhaseTime& phase : times.phases) phases.push_back({phase.name, phase.role});
  json out = record_header(job, phases);
  out.update(
      {{"isa", "scalar"},
       {"ranks", rank_lines(job.placement, bound)},
       {"work",
        {{"items", 1024},
         {"operations", 1e9},
         {"flops", 0.0},
         {"compulsory_bytes", 0.0},
         {"resident_bytes", 0.0},
         {"amount", 1e9},
         {"unit", "operations"},
         {"memory_bound", false}}},
       {"warmups", job.warmups},
       {"samples", job.samples},
       {"batch", 1},
       // A time that was invented is exact, however short.
       {"timer", {{"name", "pretended"}, {"resolution_s", 0.0}, {"overhead_s", 0.0}}},
       {"build",
        {{"version", "0"},
         {"revision", "fake"},
         {"compiler", "none"},
         {"flags", ""},
         {"type", "fake"},
         {"mpi", ""},
         {"openmp", ""}}},
       {"mpi",
        job.model.ranked ? json{{"library", "pretended"}, {"thread_level", "funneled"}} : json()},
       {"verification", own_facts ? "bounds" : "known_answer"},
       {"agreement", own_facts ? "sample" : "placements"}});
  return out;
}

json rank_line(const Job& job, const FakeTimes& times, std::int64_t rank) {
  json phases = json::object();
  for (const PhaseTime& phase : times.phases) phases[phase.name] = phase.seconds;
  const auto threads = static_cast<std::size_t>(job.placement.threads);
  std::vector<double> busy_s(threads, seconds_in(times.phases, Role::parallel));
  if (!times.busy_s.empty()) {
    const auto first = times.busy_s.begin() + rank * job.placement.threads;
    busy_s.assign(first, first + job.placement.threads);
  }
  return {{"phases_s", std::move(phases)},
          {"wait_s", 0.0},
          {"total_s", times.total_s()},
          {"busy_s", busy_s},
          {"items", split({0, 1024}, job.placement.ranks(), rank).size()}};
}

json sample_line(const Job& job, const FakeTimes& times, json facts, std::int64_t index,
                 bool diagnostic, bool verified) {
  facts["sum"] = verified ? "0x1" : "0x2";
  json ranks = json::array();
  for (std::int64_t rank = 0; rank < job.placement.ranks(); ++rank) {
    ranks.push_back(rank_line(job, times, rank));
  }
  json out{{"record", "sample"},        {"index", index},
           {"diagnostic", diagnostic},  {"total_s", times.total_s()},
           {"ranks", std::move(ranks)}, {"facts", std::move(facts)},
           {"verified", verified},      {"fault", verified ? "" : "the sum is 0x2, not 0x1"}};
  for (const StageTime& stage : times.stages) {
    out["stages"].push_back({{"stage", stage.stage}, {"busy_s", stage.busy_s}});
  }
  return out;
}

FakeTimes scaled(FakeTimes times, double factor) {
  for (PhaseTime& phase : times.phases) phase.seconds *= factor;
  for (double& busy_s : times.busy_s) busy_s *= factor;
  for (StageTime& stage : times.stages) stage.busy_s *= factor;
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
      out.log = "scalelaw-fake: failing as requested\n";
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
  FakeOptions fake;
  fake.costs = {.one_worker_s = t1_s, .serial_share = serial_fraction};
  FakeMachine machine = pretended_machine(fake, 0);
  machine.launch_noise = machine.sample_noise = 0;
  return machine;
}

FakeMachine pretended_machine(const FakeOptions& fake, std::int64_t cores) {
  FakeMachine machine;
  const auto there = static_cast<double>(cores);
  machine.times = [=](const Job& job) {
    return pretended_times(costs_of(fake, job), job, there, fake.load);
  };
  machine.facts = [=](const Job& job) {
    return job.placement.workers() > 1 ? costs_of(fake, job).facts
                                       : std::map<std::string, std::string>{};
  };
  machine.launch_noise = fake.launch_noise;
  machine.sample_noise = fake.sample_noise;
  machine.seed = static_cast<std::uint64_t>(fake.noise_seed);
  return machine;
}

GateProbe pretended_gate(const FakeOptions& fake, std::int64_t cores, double free_share) {
  if (fake.load == 0) return {};
  return [=](std::int64_t workers) {
    GateReading out;
    out.loops = std::min(workers, cores);
    const auto asked = static_cast<double>(out.loops);
    out.free_cores = std::min(static_cast<double>(cores) * (1 - fake.load), asked);
    out.cpu_share = out.work_share = out.free_cores / asked;
    out.busy = out.cpu_share < free_share;
    return out;
  };
}

Command FakeLauncher::command(const Job& job) const {
  Command command{job.driver, {}, {}};
  command.argv.emplace_back("--record");
  command.argv.push_back(job.record);
  return command;
}

Outcome FakeLauncher::run(const Job& job) {
  const FakeFault fault = machine_.fault ? machine_.fault(job, launches_) : FakeFault::none;
  ++launches_;
  const FakeTimes truth = machine_.times(job);
  std::normal_distribution<double> normal;
  const double common = std::exp(machine_.launch_noise * normal(random_));
  double wall_s = machine_.start_s;
  if (fault == FakeFault::no_record) return outcome_of(fault, truth.total_s());

  std::ofstream file(job.record, std::ios::trunc);
  const bool bound = fault != FakeFault::unbound && !job.oversubscribe;
  json facts = json::object();
  if (machine_.facts) facts = machine_.facts(job);
  file << header_line(job, bound, truth, !facts.empty()) << "\n";
  const std::int64_t count = fault == FakeFault::timeout ? 0
                             : fault == FakeFault::crash ? 1
                                                         : job.samples + job.diagnostics;
  bool verified = true;
  for (std::int64_t i = 0; i < count; ++i) {
    const FakeTimes times =
        scaled(truth, common * std::exp(machine_.sample_noise * normal(random_)));
    verified = fault != FakeFault::wrong_result || i + 1 < job.samples;
    file << sample_line(job, times, facts, i, i >= job.samples, verified) << "\n";
    wall_s += times.total_s();
  }
  const bool whole_record =
      fault == FakeFault::none || fault == FakeFault::wrong_result || fault == FakeFault::unbound;
  if (whole_record) {
    file << json{{"record", "end"}, {"samples", job.samples}, {"verified", verified}} << "\n";
  }
  if (!file.flush()) {
    throw Error(fmt::format("cannot write the record '{}'", job.record),
                "check the folder's permissions and free space");
  }
  return outcome_of(fault, wall_s);
}

LauncherType fake_launcher() {
  return {
      .name = "fake",
      .help = "invents times, to try the tool; results are marked as pretended",
      .traits = {.real_time = false},
      .make = [](const LauncherSetup& setup) -> std::unique_ptr<Launcher> {
        return std::make_unique<FakeLauncher>(pretended_machine(setup.campaign.fake, setup.cores));
      }};
}

}  // namespace scalelaw::harness
