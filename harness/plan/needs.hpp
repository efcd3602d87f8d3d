#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "harness/plan/catalog.hpp"

namespace scalelaw::harness {

/// A user of options: a model, its driver's description of a kernel's options, and the given
/// parameters.
struct OptionUser {
  Model model;
  std::vector<OptionFacts> known;
  std::set<std::string> params;  ///< those that are not empty
};

/// The options whose needs are met, except those with their default value.  An option without
/// effect counts as its default for the needs of the others.
nlohmann::json usable_options(const nlohmann::json& options, const OptionUser& user);

/// The unmet needs of an option in `options`, as a person reads them: "a model with threads".
/// Empty when the option has an effect, or when its value is the default.
std::vector<std::string> unmet_needs(const std::string& name, const nlohmann::json& value,
                                     const nlohmann::json& options, const OptionUser& user);

/// The names of parameters that a value of an option requires and that are not given.
std::vector<std::string> missing_params(const std::string& name, const nlohmann::json& value,
                                        const OptionUser& user);

/// All needs of an option, as a person reads them; empty when it has none.
std::string needs_text(const OptionFacts& option);

/// Whether `value` is the default of the option.
bool is_default(const OptionFacts& option, const nlohmann::json& value);

/// The description of an option in `known`; null when there is none.
const OptionFacts* find_option(const std::vector<OptionFacts>& known, const std::string& name);

}  // namespace scalelaw::harness
