#pragma once

#include <CLI/CLI.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/field.hpp"
#include "common/quantity.hpp"
#include "drivers/cli/options.hpp"

namespace scalelaw::driver {

/// "rank_chunk" as an option: "--rank-chunk".
std::string option_name(std::string_view field);

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

/// Adds an option for an enum, limited to `choices`.
template <EnumNames E>
CLI::Option* add_choice(CLI::App& app, std::string_view name, E& value, std::string_view help,
                        const std::vector<std::string>& choices = all_names<E>()) {
  return app
      .add_option_function<std::string>(
          option_name(name), [&value](const std::string& text) { value = enum_from<E>(text); },
          std::string(help))
      ->check(CLI::IsMember(choices).description(""))
      ->type_name(braces(choices))
      ->default_str(std::string(to_string(value)));
}

/// Adds the options that the contract requires (docs/record.md), with the defaults of `options`.
void add_contract_options(CLI::App& app, Options& options);

/// Adds one option per field of a kernel's parameters, except `seed`, which is the common --seed.
template <class P>
void add_fields(CLI::App& app, P& params) {
  for_each_field<P>([&](const auto& field) {
    auto& value = params.*(field.member);
    using T = std::remove_reference_t<decltype(value)>;
    if constexpr (EnumNames<T>) {
      add_choice(app, field.name, value, field.help)->group("Kernel");
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
      if (field.name == "seed") return;
      add_count(app, field.name, value, field.help, field.min, field.max)->group("Kernel");
    } else if constexpr (std::is_same_v<T, bool>) {
      app.add_flag(option_name(field.name), value, std::string(field.help))->group("Kernel");
    } else {
      app.add_option(option_name(field.name), value, std::string(field.help))
          ->capture_default_str()
          ->group("Kernel");
    }
  });
}

/// The parameters as they appear in the record.
template <class P>
nlohmann::json fields_to_json(const P& params) {
  nlohmann::json out = nlohmann::json::object();
  for_each_field<P>([&](const auto& field) {
    const auto& value = params.*(field.member);
    if constexpr (EnumNames<std::remove_cvref_t<decltype(value)>>) {
      out[std::string(field.name)] = to_string(value);
    } else {
      out[std::string(field.name)] = value;
    }
  });
  return out;
}

/// The description of the parameters, for `--describe` without a kernel.
template <class P>
nlohmann::json describe_fields() {
  nlohmann::json out = nlohmann::json::array();
  const P defaults{};
  for_each_field<P>([&](const auto& field) {
    const auto& value = defaults.*(field.member);
    using T = std::remove_cvref_t<decltype(value)>;
    nlohmann::json entry{{"name", field.name}, {"help", field.help}};
    if constexpr (EnumNames<T>) {
      entry["type"] = "choice";
      entry["default"] = to_string(value);
      entry["choices"] = enum_names(T{});
    } else {
      entry["type"] = std::is_same_v<T, std::int64_t> ? "count"
                      : std::is_same_v<T, bool>       ? "bool"
                      : std::is_same_v<T, double>     ? "number"
                                                      : "text";
      entry["default"] = value;
    }
    if constexpr (std::is_same_v<T, std::int64_t>) {
      if (field.min > std::numeric_limits<T>::min()) entry["min"] = field.min;
      if (field.max < std::numeric_limits<T>::max()) entry["max"] = field.max;
    }
    out.push_back(std::move(entry));
  });
  return out;
}

}  // namespace scalelaw::driver
