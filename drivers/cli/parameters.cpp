#include "drivers/cli/parameters.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "drivers/cli/command_line.hpp"

namespace scalelaw::driver {
namespace {

using nlohmann::json;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;  // which Clang 14 does not deduce

const std::string& name_of(const ChoiceValue& choice) {
  return choice.names[choice.index(choice.value)];
}

void add_choice_parameter(CLI::App& app, const Parameter& parameter, const ChoiceValue& choice) {
  const auto assign = [choice](const std::string& text) {
    const auto found = std::find(choice.names.begin(), choice.names.end(), text);
    choice.set(choice.value, static_cast<std::size_t>(found - choice.names.begin()));
  };
  add_choice_option(app, parameter.name, assign, parameter.help, choice.names, name_of(choice))
      ->group("Kernel");
}

json value_json(const Parameter& parameter) {
  return std::visit(Overloaded{[](const ChoiceValue& choice) { return json(name_of(choice)); },
                               [](const auto* value) { return json(*value); }},
                    parameter.value);
}

json type_json(const Parameter& parameter) {
  return std::visit(
      Overloaded{[](const ChoiceValue&) { return "choice"; },
                 [](const std::int64_t*) { return "count"; }, [](const bool*) { return "bool"; },
                 [](const double*) { return "number"; }, [](const std::string*) { return "text"; }},
      parameter.value);
}

}  // namespace

void add_parameters(CLI::App& app, const std::vector<Parameter>& parameters) {
  for (const Parameter& one : parameters) {
    if (one.name == "seed") continue;
    const std::string help(one.help);
    std::visit(
        Overloaded{[&](const ChoiceValue& choice) { add_choice_parameter(app, one, choice); },
                   [&](std::int64_t* value) {
                     add_count(app, one.name, *value, help, one.min, one.max)->group("Kernel");
                   },
                   [&](bool* value) {
                     app.add_flag(option_name(one.name), *value, help)->group("Kernel");
                   },
                   [&](auto* value) {
                     app.add_option(option_name(one.name), *value, help)
                         ->capture_default_str()
                         ->group("Kernel");
                   }},
        one.value);
  }
}

json parameters_json(const std::vector<Parameter>& parameters) {
  json out = json::object();
  for (const Parameter& one : parameters) out[std::string(one.name)] = value_json(one);
  return out;
}

json describe_parameters(const std::vector<Parameter>& parameters) {
  json out = json::array();
  for (const Parameter& one : parameters) {
    json entry{{"name", one.name},
               {"help", one.help},
               {"type", type_json(one)},
               {"default", value_json(one)}};
    if (const auto* choice = std::get_if<ChoiceValue>(&one.value)) entry["choices"] = choice->names;
    if (std::holds_alternative<std::int64_t*>(one.value)) {
      if (one.min > std::numeric_limits<std::int64_t>::min()) entry["min"] = one.min;
      if (one.max < std::numeric_limits<std::int64_t>::max()) entry["max"] = one.max;
    }
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace scalelaw::driver
