#include "adapter/description.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "adapter/child.hpp"
#include "adapter/pattern.hpp"
#include "adapter/work_expression.hpp"
#include "common/error.hpp"

namespace scalelaw::adapter {
namespace {

using nlohmann::json;

constexpr int schema = 2;  // docs/record.md

bool has_size(const Definition& definition) {
  return has_placeholder(definition, "size");
}

/// The parameters that are numbers, which an expression may refer to.
std::map<std::string, double> numbers_of(const Asked& asked) {
  std::map<std::string, double> out;
  for (const auto& [name, text] : asked.params) {
    try {
      out[name] = number_in(text);
    } catch (const Error&) {  // a text
    }
  }
  if (asked.size) out["size"] = static_cast<double>(*asked.size);
  return out;
}

std::string model_title(const Definition& definition) {
  if (definition.ranked) return definition.threaded ? "ranks and threads" : "ranks";
  return definition.threaded ? "threads" : "one process";
}

}  // namespace

std::string model_name(const Definition& definition) {
  if (definition.ranked) return definition.threaded ? "ranks_threads" : "ranks";
  return definition.threaded ? "threads" : "process";
}

json catalogue_of(const Definition& definition) {
  json params = json::array();
  if (has_size(definition)) {
    params.push_back({{"name", "size"},
                      {"type", "count"},
                      {"default", nullptr},
                      {"min", 1},
                      {"help", "what stands for {size}"}});
  }
  for (const std::string& name : parameters_of(definition)) {
    params.push_back({{"name", name},
                      {"type", "text"},
                      {"default", nullptr},
                      {"help", fmt::format("what stands for {{{}}}", name)}});
  }
  const json kernel{{"summary", fmt::format("{}", fmt::join(definition.command, " "))},
                    {"size_parameter", has_size(definition) ? "size" : ""},
                    {"params", std::move(params)},
                    {"options", json::array()}};
  return {{"schema", schema},
          {"driver", program_name},
          {"implementation", definition.name},
          {"model",
           {{"name", model_name(definition)},
            {"title", model_title(definition)},
            {"ranked", definition.ranked},
            {"threaded", definition.threaded},
            {"device", false}}},
          {"kernels", {{definition.kernel, kernel}}}};
}

json params_of(const Definition& definition, const Asked& asked) {
  json out = json::object();
  for (const auto& [name, value] : asked.params) out[name] = value;
  if (has_size(definition) && asked.size) out["size"] = *asked.size;
  return out;
}

json work_of(const Definition& definition, const Asked& asked) {
  json out{{"operations", 1.0},
           {"resident_bytes", 0.0},
           {"memory_bound", false},
           {"exchange", "other"},
           {"diagnostics", false},
           {"samples", definition.runs_once() || !definition.time.empty() ? "own" : "asked"}};
  if (definition.work.empty()) return out;
  const double amount = evaluate(definition.work, numbers_of(asked));
  out["operations"] = amount;
  if (definition.unit.empty()) return out;
  out["amount"] = amount;
  out["unit"] = definition.unit;
  return out;
}

void require_ready(const Definition& definition, const Asked& asked) {
  if (has_size(definition) && !asked.size) {
    throw Error(
        fmt::format("the command of '{}' has {{size}}, and no size is given", definition.name),
        "add size = ... to the experiment (by hand: --size N)");
  }
  for (const std::string& name : parameters_of(definition)) {
    if (asked.params.contains(name)) continue;
    throw Error(fmt::format("nothing fills {{{}}} of '{}'", name, definition.name),
                fmt::format("add params = {{ {} = ... }} to the experiment", name));
  }
  Fillings fillings = fillings_of(asked, 1, 1);
  fillings["sample"] = "0";
  Invocation what;
  what.folder = filled(definition.folder, fillings);
  for (const auto& [name, value] : definition.env) what.env[name] = filled(value, fillings);
  for (const auto* words : {&definition.command, &definition.setup, &definition.teardown}) {
    if (words->empty()) continue;
    what.argv = filled(*words, fillings);
    // What `setup` makes is not there before it has run.
    if (words == &definition.setup || definition.setup.empty()) require_program(what);
  }
}

json answer_of(const Definition& definition, const Asked& asked) {
  require_ready(definition, asked);
  return {{"kernel", definition.kernel},
          {"params", params_of(definition, asked)},
          {"size_parameter", has_size(definition) ? "size" : ""},
          {"work", work_of(definition, asked)}};
}

}  // namespace scalelaw::adapter
