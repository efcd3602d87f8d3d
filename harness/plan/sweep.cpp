#include "harness/plan/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

const json& defaults() {
  static const json values{{"chunk", 0},      {"mode", "data"},   {"data", "local"},
                           {"rank_chunk", 0}, {"overlap", false}, {"distribution", "block"},
                           {"isa", "auto"}};
  return values;
}

bool is_default(const std::string& name, const json& value) {
  return defaults().contains(name) && defaults()[name] == value;
}

}  // namespace

std::optional<json> default_option(const std::string& name) {
  return defaults().contains(name) ? std::optional(defaults()[name]) : std::nullopt;
}

std::vector<json> combinations(const std::vector<Setting>& settings) {
  std::vector<json> out{json::object()};
  for (const Setting& setting : settings) {
    std::vector<json> longer;
    for (const json& shorter : out) {
      for (const json& value : setting.values) {
        json one = shorter;
        one[setting.name] = value;
        longer.push_back(std::move(one));
      }
    }
    out = std::move(longer);
  }
  return out;
}

json usable_options(const json& options, Model model) {
  const bool threaded = is_threaded(model), ranked = is_ranked(model);
  json out = options;
  const bool files = options.value("mode", "data") == "pipeline";
  if (files) {  // whole files, shared beforehand
    for (const char* name : {"data", "distribution", "rank_chunk", "overlap"}) out.erase(name);
  }
  if (!threaded || files) {
    out.erase("schedule");
    out.erase("chunk");
  }
  const bool scattered = ranked && options.value("data", "local") == "scatter";
  const bool dynamic = ranked && options.value("distribution", "block") == "dynamic";
  const bool overlapped = scattered && !dynamic && options.value("overlap", false);
  if (!ranked) out.erase("distribution");
  if (!scattered && options.value("data", "local") == "scatter") out.erase("data");
  if (!overlapped) out.erase("overlap");
  if (!overlapped && !dynamic) out.erase("rank_chunk");
  for (const auto& [name, value] : options.items()) {
    if (is_default(name, value)) out.erase(name);
  }
  return out;
}

std::vector<json> option_sets(const Experiment& experiment, Model model) {
  std::vector<json> out;
  for (const json& all : combinations(experiment.options)) {
    const json usable = usable_options(all, model);
    if (std::find(out.begin(), out.end(), usable) == out.end()) out.push_back(usable);
  }
  return out;
}

void check_options_used(const Experiment& experiment, const std::string& file) {
  for (const Setting& setting : experiment.options) {
    const bool chosen =
        std::any_of(setting.values.begin(), setting.values.end(),
                    [&](const json& value) { return !is_default(setting.name, value); });
    const bool used =
        std::any_of(experiment.models.begin(), experiment.models.end(), [&](Model model) {
          const std::vector<json> sets = option_sets(experiment, model);
          return std::any_of(sets.begin(), sets.end(),
                             [&](const json& set) { return set.contains(setting.name); });
        });
    if (chosen && !used) {
      throw Error(fmt::format("{}:{}: '{}' has no effect in '{}'", file, setting.line, setting.name,
                              experiment.name),
                  "schedule and chunk need openmp or hybrid; distribution, rank_chunk and data = "
                  "\"scatter\" need mpi or hybrid; overlap needs data = \"scatter\"; none of them "
                  "goes with mode = \"pipeline\"");
    }
  }
}

}  // namespace scalelaw::harness
