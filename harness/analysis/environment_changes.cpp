#include "harness/analysis/environment_changes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <string_view>

#include "harness/analysis/allocations.hpp"

namespace scalelaw::harness {
namespace {

/// Whether an entry describes the moment at which a campaign began, and nothing that lasts.
bool is_momentary(std::string_view name) {
  constexpr std::array<std::string_view, 11> known{
      "load.",         "memory.available_bytes", "cpu.frequency_now_mhz",   "plan.memory_",
      "cgroup.path",   "env.SLURM_JOB_ID",       "env.SLURM_TOPOLOGY_ADDR", "import.files",
      "env.PBS_JOBID", "env.FLUX_JOB_ID",        "env.FLUX_ENCLOSING_ID"};
  return std::any_of(known.begin(), known.end(),
                     [&](std::string_view begin) { return name.starts_with(begin); });
}

/// Whether an entry that is missing was really not there, rather than not recorded.
bool may_be_unset(std::string_view name) {
  return name.starts_with("env.") || name.starts_with("config.");
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

/// How many brackets a value leaves open.
long open_brackets(const std::string& value) {
  return std::count_if(value.begin(), value.end(), [](char c) { return c == '[' || c == '{'; }) -
         std::count_if(value.begin(), value.end(), [](char c) { return c == ']' || c == '}'; });
}

/// "measuring.gate" of "[measuring.gate]"; empty when the line begins no table.
std::string table_of(const std::string& line) {
  if (!line.starts_with('[')) return {};
  const std::size_t begin = line.find_first_not_of('['), end = line.find(']');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
  return trimmed(std::string_view(line).substr(begin, end - begin));
}

}  // namespace

std::map<std::string, std::string> config_entries(const std::string& text) {
  std::map<std::string, std::string> out;
  std::map<std::string, int> seen;  // tables of a list
  std::istringstream lines(text);
  std::string table, *open = nullptr;
  for (std::string raw; std::getline(lines, raw);) {
    const std::string line = trimmed(raw);
    if (line.empty() || line.starts_with('#')) continue;
    if (open != nullptr) {
      *open += " " + line;
      if (open_brackets(*open) <= 0) open = nullptr;
      continue;
    }
    if (std::string name = table_of(line); !name.empty()) {
      const bool listed = line.starts_with("[[");
      const int times = listed ? ++seen[name] : 1;
      table = times > 1 ? fmt::format("{} {}", name, times) : std::move(name);
      continue;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string key = trimmed(std::string_view(line).substr(0, equals));
    std::string& value = out[table.empty() ? key : table + "." + key];
    value = trimmed(std::string_view(line).substr(equals + 1));
    if (open_brackets(value) > 0) open = &value;
  }
  return out;
}

std::map<std::string, std::string> explaining_entries(const Results& results) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : results.environment) {
    if (!is_momentary(name)) out.emplace(name, value);
  }
  for (auto& [name, value] : config_entries(results.config_text)) out["config." + name] = value;
  std::set<std::string> nodes;
  for (const AllocationUse& use : allocations_of(results)) {
    nodes.insert(use.nodes.begin(), use.nodes.end());
  }
  if (!nodes.empty()) out["nodes"] = fmt::format("{}", fmt::join(nodes, " "));
  return out;
}

std::vector<EnvironmentChange> changes_between(const std::map<std::string, std::string>& before,
                                               const std::map<std::string, std::string>& after) {
  std::set<std::string> names;
  for (const auto* entries : {&before, &after}) {
    for (const auto& [name, value] : *entries) names.insert(name);
  }
  std::vector<EnvironmentChange> out;
  for (const std::string& name : names) {
    const auto old = before.find(name), now = after.find(name);
    const bool both = old != before.end() && now != after.end();
    if (both ? old->second == now->second : !may_be_unset(name)) continue;
    out.push_back({.name = name,
                   .before = old == before.end() ? "unset" : old->second,
                   .after = now == after.end() ? "unset" : now->second});
  }
  return out;
}

}  // namespace scalelaw::harness
