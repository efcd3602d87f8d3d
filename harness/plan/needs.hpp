#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "harness/plan/catalog.hpp"

namespace scalelaw::harness {

/// Who may use options: a model, what its driver says about a kernel's options, and the parameters
/// that are given.
struct OptionUser {
  Model model;
  std::vector<OptionFacts> known;
  std::set<std::string> params;  ///< those that are not empty
};

/// The options whose needs are met, without those that are the default anyway.  Where one loses its
/// effect, it counts as its default for the others.
nlohmann::json usable_options(const nlohmann::json& options, const OptionUser& user);

/// What keeps an option of `options` from having an effect, each need as a person reads it: "a
/// model with threads".  Empty when nothing does, or when the value is the default.
std::vector<std::string> unmet_needs(const std::string& name, const nlohmann::json& value,
                                     const nlohmann::json& options, const OptionUser& user);

/// The names of parameters that a value of an option cannot do without, and that are not given.
std::vector<std::string> missing_params(const std::string& name, const nlohmann::json& value,
                                        const OptionUser& user);

/// All needs of an option, as a person reads them; empty when it has none.
std::string needs_text(const OptionFacts& option);

/// Whether `value` is the default of the option.
bool is_default(const OptionFacts& option, const nlohmann::json& value);

/// What `known` says about an option; null when it does not know it.
const OptionFacts* find_option(const std::vector<OptionFacts>& known, const std::string& name);

}  // namespace scalelaw::harness
