#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "common/field.hpp"
#include "common/quantity.hpp"
#include "drivers/cli/options.hpp"
#include "drivers/cli/parameters.hpp"

namespace scalelaw::driver {

/// Runs `parse` and converts an Error to the exception that CLI11 reports for a bad value.
template <class F>
void parse_value(const std::string& option, F&& parse) {
  try {
    parse();
  } catch (const Error& error) {
    throw CLI::ValidationError(
        option, std::string(error.what()) + (error.hint().empty() ? "" : "; " + error.hint()));
  }
}

/// Adds an option for a count, parsed by parse_count() and limited to [min, max].
CLI::Option* add_count(CLI::App& app, std::string_view name, std::int64_t& value,
                       std::string_view help, std::int64_t min, std::int64_t max);

/// The names of an enum, as a list.
template <EnumNames E>
std::vector<std::string> all_names() {
  const auto names = enum_names(E{});
  return {names.begin(), names.end()};
}

/// "{f64,f32}": the choices as --help shows them.
std::string braces(const std::vector<std::string>& choices);

/// Adds an option for one of `choices`; `assign` is called with one of them.
CLI::Option* add_choice_option(CLI::App& app, std::string_view name,
                               std::function<void(const std::string&)> assign,
                               std::string_view help, const std::vector<std::string>& choices,
                               std::string_view fallback);

/// Adds an option for an enum, limited to `choices`.
template <EnumNames E>
CLI::Option* add_choice(CLI::App& app, std::string_view name, E& value, std::string_view help,
                        const std::vector<std::string>& choices = all_names<E>()) {
  return add_choice_option(
      app, name, [&value](const std::string& text) { value = enum_from<E>(text); }, help, choices,
      to_string(value));
}

/// Adds the options that the contract requires (docs/record.md), with the defaults of `options`.
void add_contract_options(CLI::App& app, Options& options);

}  // namespace scalelaw::driver
