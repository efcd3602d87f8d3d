#include "harness/plan/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/json_text.hpp"
#include "common/nearest.hpp"
#include "common/quantity.hpp"
#include "harness/config/parse.hpp"
#include "harness/plan/sweep.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// The descriptions of each option by the drivers that have the kernel, by name.
using Known = std::map<std::string, std::vector<ParamFacts>>;

Known known_options(const Experiment& experiment, const DriverFacts& drivers) {
  Known out;
  for (const Driver* driver : drivers.of(experiment)) {
    for (const OptionFacts& option : driver->kernels.at(experiment.kernel).options) {
      out[option.value.name].push_back(option.value);
    }
  }
  return out;
}

/// Those of the experiment's peers.
Known known_peer_options(const Experiment& experiment, const DriverFacts& drivers) {
  Known out;
  for (const std::string& name : experiment.peers) {
    const auto peer = drivers.peers.find(name);
    if (peer == drivers.peers.end() || !peer->second.has(experiment.kernel)) continue;
    for (const OptionFacts& option : peer->second.kernels.at(experiment.kernel).options) {
      out[option.value.name].push_back(option.value);
    }
  }
  return out;
}

/// A value as a message names it: 'a text', 1.5, true.
std::string as_written(const json& value) {
  return value.is_string() ? fmt::format("'{}'", value.get<std::string>()) : serialize(value);
}

json count_of(const json& value) {
  if (value.is_string()) return parse_count(value.get_ref<const std::string&>());
  if (!value.is_number()) {
    throw Error(as_written(value) + " is not a number", "write a whole number, or a list of them");
  }
  if (!value.is_number_integer()) {
    throw Error(as_written(value) + " is not a whole number", "write a whole number");
  }
  return value;
}

void require_in_range(const ParamFacts& facts, const json& value) {
  const auto number = value.get<double>();
  const bool small = facts.min && number < *facts.min;
  if (!small && !(facts.max && number > *facts.max)) return;
  const std::string least = facts.min ? fmt::format("at least {}", *facts.min) : "",
                    most = facts.max ? fmt::format("at most {}", *facts.max) : "";
  throw Error(
      fmt::format("{} is too {}", as_written(value), small ? "small" : "large"),
      fmt::format("give {}{}{}", least, least.empty() || most.empty() ? "" : " and ", most));
}

/// The value as the driver takes it.
/// Errors: throws Error when it is not a valid value of this option.
json taken(const ParamFacts& facts, const json& value) {
  json out = value;
  switch (facts.type) {
    case ValueType::count:
      out = count_of(value);
      require_in_range(facts, out);
      break;
    case ValueType::number:
      if (!value.is_number()) {
        throw Error(as_written(value) + " is not a number", "write a number, or a list of them");
      }
      require_in_range(facts, out);
      break;
    case ValueType::truth:
      if (!value.is_boolean()) {
        throw Error(as_written(value) + " is neither true nor false",
                    "write true, false, or a list, without quotes");
      }
      break;
    case ValueType::text:
      if (!value.is_string())
        throw Error(as_written(value) + " is not a text", "write it in quotes");
      break;
    case ValueType::choice:
      if (std::find(facts.choices.begin(), facts.choices.end(), json_text(value)) ==
          facts.choices.end()) {
        throw Error(fmt::format("unknown value '{}'", json_text(value)),
                    fmt::format("choose one of: {}", fmt::join(facts.choices, ", ")));
      }
      break;
  }
  return out;
}

/// Drivers may know different choices.  A value is valid when one of them takes it.
json taken_by_any(const std::vector<ParamFacts>& known, const json& value) {
  for (std::size_t i = 1; i < known.size(); ++i) {
    try {
      return taken(known[i - 1], value);
    } catch (const Error&) {  // the next may take it
    }
  }
  return taken(known.back(), value);
}

/// The kernels of any driver that have an option with that name.
std::set<std::string> kernels_with(const std::string& option, const DriverFacts& drivers) {
  std::set<std::string> out;
  for (const Driver& driver : drivers.models) {
    for (const auto& [name, kernel] : driver.kernels) {
      if (find_option(kernel.options, option) != nullptr) out.insert(name);
    }
  }
  return out;
}

/// The fault of a key in an experiment that is not an option of the kernel.
Error unknown_option(const Setting& setting, const Experiment& experiment, const std::string& file,
                     const Known& known, const DriverFacts& drivers) {
  const std::string& name = setting.name;
  const auto others = kernels_with(name, drivers);
  if (!others.empty()) {
    return Error(
        fmt::format("{}:{}: '{}' has no option '{}'", file, setting.line, experiment.kernel, name),
        fmt::format("kernels that have it: {}", fmt::join(others, ", ")));
  }
  const std::string what =
      fmt::format("{}:{}: unknown key '{}' in [[experiment]]", file, setting.line, name);
  const Driver* driver = drivers.of(experiment).front();
  for (const ParamFacts& param : driver->kernels.at(experiment.kernel).params) {
    if (param.name == name) {
      return Error(what, fmt::format("it is a parameter of '{}': write params = {{ {} = ... }}",
                                     experiment.kernel, name));
    }
  }
  std::vector<std::string> names;
  for (const KeyDoc& key : config_keys()) {
    if (key.table == "experiment") names.push_back(key.name);
  }
  for (const auto& [option, facts] : known) names.push_back(option);
  const std::string meant = nearest(name, names);
  return Error(what, meant.empty() ? fmt::format("[[experiment]] takes: {}", fmt::join(names, ", "))
                                   : fmt::format("did you mean '{}'?", meant));
}

/// The fault of an option that none of the peers has.
Error unknown_peer_option(const Setting& setting, const Experiment& experiment,
                          const std::string& file, const Known& known) {
  std::vector<std::string> names;
  for (const auto& [option, facts] : known) names.push_back(option);
  const std::string meant = nearest(setting.name, names);
  return Error(fmt::format("{}:{}: no peer of '{}' has the option '{}'", file, setting.line,
                           experiment.name, setting.name),
               !meant.empty()  ? fmt::format("did you mean '{}'?", meant)
               : names.empty() ? "omit peer_options: its peers have no options"
                               : fmt::format("they have: {}", fmt::join(names, ", ")));
}

/// Adds a setting with its values as drivers take them to `out`, or its fault to `faults`.
void take_setting(const Setting& setting, const std::vector<ParamFacts>& known,
                  const std::string& file, std::vector<Setting>& out, std::vector<Error>& faults) {
  Setting checked{setting.name, {}, setting.line};
  try {
    for (const json& value : setting.values) checked.values.push_back(taken_by_any(known, value));
    out.push_back(std::move(checked));
  } catch (const Error& error) {
    faults.emplace_back(
        fmt::format("{}:{}: '{}': {}", file, setting.line, setting.name, error.what()),
        error.hint());
  }
}

/// Whether a setting has an effect for any user, and otherwise which needs are unmet.  It has none
/// for users without the option, which do not count beside those that have it.
struct Effect {
  bool known = false;   ///< some user has the option
  bool wanted = false;  ///< some value is not the default
  bool used = false;
  std::vector<std::string> unmet;
};

void add_effect(const std::string& name, const std::vector<Setting>& options,
                const OptionUser& user, Effect& effect) {
  const OptionFacts* facts = find_option(user.known, name);
  if (facts == nullptr) return;
  effect.known = true;
  for (const json& all : combinations(options)) {
    const json usable = usable_options(all, user);
    effect.wanted = effect.wanted || !is_default(*facts, all[name]);
    effect.used = effect.used || usable.contains(name);
    for (std::string& need : unmet_needs(name, all[name], usable, user)) {
      if (std::find(effect.unmet.begin(), effect.unmet.end(), need) == effect.unmet.end()) {
        effect.unmet.push_back(std::move(need));
      }
    }
  }
}

/// The parameters that a used value requires.
std::set<std::string> params_missed(const std::string& name, const std::vector<Setting>& options,
                                    const OptionUser& user) {
  std::set<std::string> out;
  for (const json& all : combinations(options)) {
    const json usable = usable_options(all, user);
    if (!usable.contains(name)) continue;
    for (std::string& param : missing_params(name, usable[name], user)) {
      out.insert(std::move(param));
    }
  }
  return out;
}

/// The parameters of an experiment that are set in every combination.
std::set<std::string> given_params(const Experiment& experiment) {
  std::set<std::string> out;
  for (const Setting& setting : experiment.params) {
    if (std::find(setting.values.begin(), setting.values.end(), "") == setting.values.end()) {
      out.insert(setting.name);
    }
  }
  return out;
}

}  // namespace

std::vector<Setting> checked_options(const Experiment& experiment, const std::string& file,
                                     const DriverFacts& drivers, std::vector<Error>& faults) {
  const Known known = known_options(experiment, drivers);
  std::vector<Setting> out;
  for (const Setting& setting : experiment.options) {
    const auto found = known.find(setting.name);
    if (found == known.end()) {
      faults.push_back(unknown_option(setting, experiment, file, known, drivers));
      continue;
    }
    take_setting(setting, found->second, file, out, faults);
  }
  return out;
}

std::vector<Setting> checked_peer_options(const Experiment& experiment, const std::string& file,
                                          const DriverFacts& drivers, std::vector<Error>& faults) {
  const Known known = known_peer_options(experiment, drivers);
  const bool all_answered = std::ranges::all_of(
      experiment.peers, [&](const std::string& peer) { return drivers.peers.contains(peer); });
  std::vector<Setting> out;
  for (const Setting& setting : experiment.peer_options) {
    const auto found = known.find(setting.name);
    if (found != known.end()) {
      take_setting(setting, found->second, file, out, faults);
    } else if (all_answered) {
      faults.push_back(unknown_peer_option(setting, experiment, file, known));
    } else {
      out.push_back(setting);
    }
  }
  return out;
}

OptionUser option_user(const Runner& runner, const Experiment& experiment,
                       const DriverFacts& drivers) {
  const Driver* driver = runner.driver;
  if (driver == nullptr || !driver->has(experiment.kernel)) {
    driver = drivers.of(experiment).front();
  }
  return {.model = runner.model,
          .known = driver->kernels.at(experiment.kernel).options,
          .params = given_params(experiment)};
}

std::vector<json> option_sets(const std::vector<Setting>& options, const OptionUser& user) {
  std::vector<json> out;
  for (const json& all : combinations(options)) {
    const json usable = usable_options(all, user);
    if (std::find(out.begin(), out.end(), usable) == out.end()) out.push_back(usable);
  }
  return out;
}

void check_options_used(const std::vector<Setting>& options, const std::vector<OptionUser>& users,
                        const Experiment& experiment, const std::string& file,
                        std::vector<Error>& faults) {
  for (const Setting& setting : options) {
    Effect effect;
    std::set<std::string> missed;
    for (const OptionUser& user : users) {
      add_effect(setting.name, options, user, effect);
      missed.merge(params_missed(setting.name, options, user));
    }
    const std::string where = fmt::format("{}:{}: '{}'", file, setting.line, setting.name);
    if (!effect.known || (effect.wanted && !effect.used)) {
      const std::string needs = effect.unmet.empty()
                                    ? std::string("none of its models has it")
                                    : fmt::format("it needs {}", fmt::join(effect.unmet, " and "));
      faults.emplace_back(fmt::format("{} has no effect in '{}'", where, experiment.name),
                          fmt::format("{} (scalelaw list {})", needs, experiment.kernel));
    }
    for (const std::string& param : missed) {
      faults.emplace_back(fmt::format("{} needs the parameter '{}'", where, param),
                          fmt::format("add it: params = {{ {} = ... }}", param));
    }
  }
}

}  // namespace scalelaw::harness
