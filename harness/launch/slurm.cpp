#include "harness/launch/slurm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <set>
#include <sstream>

#include "common/error.hpp"
#include "common/lines.hpp"
#include "harness/launch/slurm_faults.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

constexpr double patience_s = 60;
constexpr std::int64_t bytes_per_mib = std::int64_t{1} << 20;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

/// The number at the start of `text`; SLURM appends '+' where nodes of one line differ.
std::int64_t leading_number(const std::string& text) {
  std::int64_t value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// Steps that SLURM itself makes, for the batch script and for an interactive shell, have numbers
/// near 2^32.  They hold no resources that another step would wait for.
bool is_own_step(const std::string& step) {
  constexpr std::int64_t first_special = 0xfffffff0;
  return !step.empty() && leading_number(step) < first_special;
}

}  // namespace

std::string ask_slurm(const std::vector<std::string>& words) {
  const Printed printed = read_process({words, {}, {}}, patience_s);
  if (printed.exit_code == 0) return printed.out;
  const std::string why =
      printed.timed_out ? fmt::format("no answer within {:g} s", patience_s) : plain_fault(printed);
  throw Error(fmt::format("{}: {}", to_string(Command{words, {}, {}}), why), slurm_hint(why));
}

SlurmNode parse_nodes(const std::string& text) {
  SlurmNode least;
  bool first = true;
  for (const std::string& line : lines_of(text)) {
    std::vector<std::int64_t> fields;
    std::istringstream words(line);
    for (std::string word; std::getline(words, word, '|');) fields.push_back(leading_number(word));
    if (fields.size() != 5 || *std::min_element(fields.begin(), fields.end()) < 0) {
      throw Error(fmt::format("cannot read what sinfo reports about nodes: '{}'", line));
    }
    const SlurmNode node{fields[0], fields[1] * fields[2], fields[3], fields[4] * bytes_per_mib};
    const auto take = [first](std::int64_t& have, std::int64_t seen) {
      have = first ? seen : std::min(have, seen);
    };
    take(least.cpus, node.cpus);
    take(least.cores, node.cores);
    take(least.threads_per_core, node.threads_per_core);
    take(least.memory_bytes, node.memory_bytes);
    first = false;
  }
  if (first) {
    throw Error("SLURM has no such node",
                "check partition and constraint in [slurm]; sinfo lists the nodes");
  }
  return least;
}

std::int64_t least_cpus(const std::string& text) {
  std::int64_t least = 0;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    const std::int64_t cpus = leading_number(word);
    if (cpus > 0 && (least == 0 || cpus < least)) least = cpus;
  }
  return least;
}

bool can_run_steps(const std::string& state) {
  return state == "RUNNING" || state == "CONFIGURING";
}

std::optional<Allocation> find_allocation() {
  Allocation out;
  out.job = variable("SLURM_JOB_ID");
  const std::string nodes = variable("SLURM_JOB_NODELIST");
  if (out.job.empty() || nodes.empty()) return {};
  out.nodes = lines_of(ask_slurm({"scontrol", "show", "hostnames", nodes}));
  out.node = parse_nodes(
      ask_slurm({"sinfo", "--noheader", "--Node", "--nodes=" + nodes, "--format=%c|%X|%Y|%Z|%m"}));
  // A job may have only a part of a node.
  const std::int64_t cpus = least_cpus(variable("SLURM_JOB_CPUS_PER_NODE"));
  if (cpus > 0 && cpus < out.node.cpus) {
    const std::int64_t per_core = out.node.cpus > out.node.cores ? out.node.threads_per_core : 1;
    out.node.cpus = cpus;
    out.node.cores = std::max<std::int64_t>(1, cpus / per_core);
  }
  if (const std::int64_t mib = leading_number(variable("SLURM_MEM_PER_NODE")); mib > 0) {
    out.node.memory_bytes = std::min(out.node.memory_bytes, mib * bytes_per_mib);
  }
  for (const char* name : {"SLURM_MEM_PER_CPU", "SLURM_MEM_PER_GPU", "SLURM_HINT"}) {
    if (!variable(name).empty()) out.contrary.emplace_back(name);
  }
  out.here = !variable("SLURMD_NODENAME").empty();  // salloc's shell is where salloc was typed
  out.inside_step = is_own_step(variable("SLURM_STEP_ID"));
  return out;
}

std::vector<std::string> matching_nodes(const std::string& text, const BatchOptions& options) {
  const bool one_feature = !options.constraint.empty() &&
                           options.constraint.find_first_of("&|!()[]*,") == std::string::npos;
  const std::vector<std::string> lines = lines_of(text);
  std::vector<std::string> out;
  std::set<std::string> seen;
  const auto fields_of = [](const std::string& line) {
    const std::size_t first = line.find('|'), second = line.find('|', first + 1);
    return std::array<std::string, 3>{
        line.substr(0, first), line.substr(first + 1, second - first - 1),
        "," + line.substr(second + 1, line.find('|', second + 1) - second - 1) + ","};
  };
  const bool marked = std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return fields_of(line)[1].ends_with('*');
  });
  for (const std::string& line : lines) {
    const auto [name, partition, features] = fields_of(line);
    if (options.partition.empty() && marked && !partition.ends_with('*')) continue;
    if (one_feature && features.find("," + options.constraint + ",") == std::string::npos) continue;
    if (seen.insert(name).second) out.push_back(line);
  }
  return out;
}

Allocation expected_allocation(const BatchOptions& options, std::int64_t nodes) {
  std::vector<std::string> words{"sinfo", "--noheader", "--Node",
                                 "--format=%N|%P|%f|%c|%X|%Y|%Z|%m"};
  if (!options.partition.empty()) words.push_back("--partition=" + options.partition);
  const std::vector<std::string> lines = matching_nodes(ask_slurm(words), options);
  std::string sizes;
  for (const std::string& line : lines) {
    std::size_t at = 0;
    for (int field = 0; field < 3; ++field) at = line.find('|', at) + 1;
    sizes += line.substr(at) + "\n";
  }
  Allocation out;
  out.node = parse_nodes(sizes);
  if (nodes > static_cast<std::int64_t>(lines.size())) {
    throw Error(
        fmt::format("a job needs {} nodes, but there are only {} such nodes", nodes, lines.size()),
        "ask for fewer nodes, or choose another partition or constraint in [slurm]");
  }
  for (std::int64_t i = 1; i <= nodes; ++i) out.nodes.push_back(fmt::format("node{}", i));
  return out;
}

}  // namespace scalelaw::harness
