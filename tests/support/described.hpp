#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/plan/catalog.hpp"
#include "support/models.hpp"

// What drivers print about themselves (docs/record.md, `--describe`), for tests without drivers.
namespace scalelaw::harness {

/// The options of this project's drivers, of a kernel with or without a pipeline.
inline nlohmann::json described_options(bool has_pipeline) {
  using nlohmann::json;
  const json in_memory{{"option", "mode"}, {"is", {"data"}}};
  const json dynamic{{"option", "distribution"}, {"is", {"dynamic"}}};
  const json overlapped{{"option", "overlap"}, {"is", {true}}};
  json options = json::array();
  const auto add = [&](const char* name, const char* type, const json& fallback,
                       const std::vector<std::string>& choices, json needs) {
    if (has_pipeline) needs.push_back(in_memory);
    json option{{"name", name}, {"type", type}, {"default", fallback}, {"help", "its help"}};
    if (!choices.empty()) option["choices"] = choices;
    if (std::string(type) == "count") option["min"] = 0;
    option["needs"] = std::move(needs);
    options.push_back(std::move(option));
  };
  const json threaded = json::array({{{"threaded", true}}});
  const json ranked = json::array({{{"ranked", true}}});
  add("schedule", "choice", nullptr, {"static", "dynamic", "guided"}, threaded);
  add("chunk", "count", 0, {}, threaded);
  add("data", "choice", "local", {"local", "scatter", "file"},
      json::array(
          {{{"ranked", true}, {"when", {"scatter"}}}, {{"param", "input"}, {"when", {"file"}}}}));
  add("distribution", "choice", "block", {"block", "dynamic"}, ranked);
  add("overlap", "bool", false, {},
      json::array({{{"option", "data"}, {"is", {"scatter"}}},
                   {{"option", "distribution"}, {"is", {"block"}}}}));
  add("rank_chunk", "count", 0, {}, json::array({{{"any", {overlapped, dynamic}}}}));
  const std::vector<std::string> isas{"auto", "scalar", "neon", "avx2", "avx512"};
  options.push_back({{"name", "isa"}, {"type", "choice"}, {"default", "auto"}, {"choices", isas}});
  if (has_pipeline) {
    options.push_back({{"name", "mode"},
                       {"type", "choice"},
                       {"default", "data"},
                       {"choices", {"data", "pipeline"}}});
  }
  return options;
}

/// A kernel's entry in a catalogue.
inline nlohmann::json described_kernel(const std::string& size_parameter,
                                       const nlohmann::json& params, bool has_pipeline = false) {
  return {{"summary", "computes"},
          {"size_parameter", size_parameter},
          {"params", params},
          {"options", described_options(has_pipeline)}};
}

/// A whole catalogue.
inline nlohmann::json described_driver(const Model& model, const nlohmann::json& kernels,
                                       const std::string& implementation = own_implementation) {
  return {{"schema", 2},
          {"driver", "scalelaw-" + model.name},
          {"implementation", implementation},
          {"model",
           {{"name", model.name},
            {"title", model.title},
            {"ranked", model.ranked},
            {"threaded", model.threaded},
            {"device", model.device}}},
          {"kernels", kernels}};
}

/// The driver that prints this.
inline Driver pretended_driver(const Model& model, const nlohmann::json& kernels) {
  return parse_driver(described_driver(model, kernels).dump(), "/drivers/scalelaw-" + model.name);
}

}  // namespace scalelaw::harness
