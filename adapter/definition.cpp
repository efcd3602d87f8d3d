#include "adapter/definition.hpp"

#include <algorithm>
#include <functional>

#include "adapter/placeholders.hpp"
#include "common/error.hpp"
#include "common/field.hpp"
#include "common/foreign_json.hpp"

namespace scalelaw::adapter {
namespace {

using nlohmann::json;

/// Calls `visit` with every text that may have placeholders.
void for_each_text(const Definition& definition,
                   const std::function<void(const std::string&)>& visit) {
  for (const auto* words : {&definition.command, &definition.setup, &definition.teardown}) {
    for (const std::string& word : *words) visit(word);
  }
  for (const auto& [name, value] : definition.env) visit(value);
  visit(definition.folder);
}

}  // namespace

double seconds_from(double value, TimeUnit unit) {
  switch (unit) {  // by division, which rounds to the nearest number that has these digits
    case TimeUnit::ms:
      return value / 1e3;
    case TimeUnit::us:
      return value / 1e6;
    case TimeUnit::ns:
      return value / 1e9;
    case TimeUnit::min:
      return value * 60;
    case TimeUnit::s:
      break;
  }
  return value;
}

json to_json(const Definition& definition) {
  json out{{"name", definition.name},
           {"kernel", definition.kernel},
           {"command", definition.command},
           {"model", {{"ranked", definition.ranked}, {"threaded", definition.threaded}}}};
  const auto add = [&](const char* key, const auto& value) {
    if (!value.empty()) out[key] = value;
  };
  add("env", definition.env);
  add("folder", definition.folder);
  add("setup", definition.setup);
  add("teardown", definition.teardown);
  add("time", definition.time);
  if (definition.time_unit != TimeUnit::s) out["time_unit"] = to_string(definition.time_unit);
  add("check", definition.check);
  if (definition.check_tolerance > 0) out["check_tolerance"] = definition.check_tolerance;
  add("work", definition.work);
  add("unit", definition.unit);
  return out;
}

Definition parse_definition(const std::string& text) {
  using Words = std::vector<std::string>;
  try {
    const json from = parse_foreign(text);
    Definition out;
    out.name = from.at("name");
    out.kernel = from.value("kernel", out.name);
    out.command = from.at("command").get<Words>();
    if (out.command.empty()) throw Error("`command` is empty");
    const json model = from.value("model", json::object());
    out.ranked = model.value("ranked", false);
    out.threaded = model.value("threaded", false);
    out.env = from.value("env", std::map<std::string, std::string>{});
    out.folder = from.value("folder", "");
    out.setup = from.value("setup", Words{});
    out.teardown = from.value("teardown", Words{});
    out.time = from.value("time", "");
    out.time_unit = enum_from<TimeUnit>(from.value("time_unit", "s"), "time_unit");
    out.check = from.value("check", "");
    out.check_tolerance = from.value("check_tolerance", 0.0);
    out.work = from.value("work", "");
    out.unit = from.value("unit", "");
    return out;
  } catch (const std::exception& error) {
    throw Error(std::string("the definition is not one of a command: ") + error.what(),
                "let scalelaw start this program, from a [[driver]] of a config");
  }
}

bool has_placeholder(const Definition& definition, std::string_view name) {
  bool found = false;
  for_each_text(definition, [&](const std::string& text) {
    const std::vector<std::string> names = placeholders_in(text);
    found = found || std::ranges::find(names, name) != names.end();
  });
  return found;
}

std::vector<std::string> parameters_of(const Definition& definition) {
  std::vector<std::string> out;
  for_each_text(definition, [&](const std::string& text) {
    for (std::string& name : placeholders_in(text)) {
      if (std::ranges::find(own_placeholders, name) != own_placeholders.end()) continue;
      if (std::ranges::find(out, name) == out.end()) out.push_back(std::move(name));
    }
  });
  return out;
}

}  // namespace scalelaw::adapter
