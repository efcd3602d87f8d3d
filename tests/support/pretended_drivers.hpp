#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "harness/config/parse.hpp"
#include "harness/plan/plan.hpp"
#include "support/described.hpp"
#include "support/models.hpp"

// Plans of configs for drivers that are only described.

namespace scalelaw::harness {

using nlohmann::json;

inline json count_param(const std::string& name) {
  return {{"name", name}, {"type", "count"}, {"default", 1000}};
}
inline json text_param(const std::string& name) {
  return {{"name", name}, {"type", "text"}, {"default", ""}};
}

inline json work_of(double operations, double resident_bytes, bool memory_bound) {
  return {{"operations", operations},
          {"resident_bytes", resident_bytes},
          {"memory_bound", memory_bound}};
}

inline json describe_stream(const json& params, const json& options, std::int64_t seed) {
  const auto length = params.value("length", std::int64_t{1000});
  if (params.value("type", "f64") == "f16") throw Error("unknown value 'f16'", "choose f32");
  const double bytes = 8.0 * static_cast<double>(length);
  json work = work_of(bytes, bytes, true);
  if (options.value("data", "local") == "scatter") work["exchange"] = "scatter";
  return {{"params",
           {{"length", length},
            {"type", params.value("type", "f64")},
            {"input", params.value("input", "")},
            {"seed", seed}}},
          {"size_parameter", params.contains("input") ? "" : "length"},
          {"work", work}};
}

inline json describe_press(const json& params, const json& options) {
  json work = work_of(1, 1e12, false);
  if (options.value("mode", "data") == "pipeline") {
    if (!params.contains("to")) throw Error("a pipeline has nowhere to write", "name it with --to");
    work["task"] = "pipeline";
    work["holds"] = {{"root", "nothing"}, {"others", "nothing"}};
  }
  return {{"params", {{"length", 1000}, {"to", params.value("to", "")}}}, {"work", work}};
}

inline json describe_sieve(const json& params, const json& options, std::int64_t seed) {
  if (options.value("isa", "auto") == "neon") throw Error("no neon here", "another isa");
  const auto limit = params.value("limit", std::int64_t{1000});
  const auto n = static_cast<double>(limit);
  return {{"params", {{"limit", limit}, {"seed", seed}}},
          {"work", work_of(n * std::log(std::log(n + 16)), 0, false)}};
}

/// Drivers of three kernels: `stream` reads 8 bytes an item from memory, `sieve` computes n log log
/// n, `press` has a pipeline that needs to know where its output goes.
inline DriverFacts pretended_drivers() {
  const json type{
      {"name", "type"}, {"type", "choice"}, {"default", "f64"}, {"choices", {"f32", "f64"}}};
  const json stream =
      described_kernel("length", {count_param("length"), type, text_param("input")});
  const json kernels{
      {"stream", stream},
      {"sieve", described_kernel("limit", json::array({count_param("limit")}))},
      {"press", described_kernel("length", {count_param("length"), text_param("to")}, true)}};
  DriverFacts out;
  for (const Model& model : models::all) {
    out.models.push_back(pretended_driver(model, kernels));
    out.model_names.push_back(model.name);
  }
  out.peers["blas"] = parse_driver(
      described_driver(models::openmp, {{"stream", stream}}, "blas").dump(), "scalelaw-peer-blas");
  out.peer_names = {"blas"};
  out.describe = [](const Driver&, const std::string& kernel, const json& params,
                    const json& options, std::int64_t seed) -> json {
    if (kernel == "stream") return describe_stream(params, options, seed);
    return kernel == "press" ? describe_press(params, options)
                             : describe_sieve(params, options, seed);
  };
  return out;
}

inline void remove_model(DriverFacts& drivers, const std::string& name) {
  std::erase_if(drivers.models, [&](const Driver& driver) { return driver.model.name == name; });
  std::erase(drivers.model_names, name);
}

inline Machine machine_of(std::int64_t cores, double memory = 64e9) {
  Machine machine;
  machine.cores = cores;
  machine.cores_total = cores;
  machine.last_level_cache_bytes = 32 << 20;
  machine.memory_bytes = memory;
  return machine;
}

inline std::vector<Point> plan(const std::string& experiment,
                               const Machine& machine = machine_of(4)) {
  return make_plan(
      parse_campaign("[campaign]\nname = \"c\"\n[[experiment]]\n" + experiment, "x.toml"), machine,
      pretended_drivers());
}

inline std::pair<std::string, std::string> refusal(const std::string& experiment,
                                                   const Machine& machine = machine_of(4)) {
  try {
    plan(experiment, machine);
  } catch (const Error& error) {
    return {error.what(), error.hint()};
  }
  return {"accepted", ""};
}

/// "model NxRxT" of the points of one model, in order.
inline std::vector<std::string> placements(const std::vector<Point>& points, const Model& model) {
  std::vector<std::string> out;
  for (const Point& point : points) {
    if (point.model != model) continue;
    const Placement& at = point.placement;
    out.push_back(std::to_string(at.nodes) + "x" + std::to_string(at.ranks_per_node) + "x" +
                  std::to_string(at.threads) + (point.state == State::skipped ? " skipped" : ""));
  }
  return out;
}

}  // namespace scalelaw::harness
