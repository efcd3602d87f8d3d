#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "common/field.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the name is CLI11's
class App;
}

namespace scalelaw::driver {

/// The value of an enum, without its type.
struct ChoiceValue {
  void* value;
  std::vector<std::string> names;  ///< in order of value
  std::size_t (*index)(const void* value);
  void (*set)(void* value, std::size_t index);
};

/// One member of a parameter struct, without the struct's type, so that options, the record and the
/// description are compiled once and not for each kernel.
struct Parameter {
  std::string_view name;
  std::string_view help;
  std::int64_t min;  ///< for counts
  std::int64_t max;  ///< for counts
  std::variant<std::int64_t*, double*, bool*, std::string*, ChoiceValue> value;
};

template <EnumNames E>
ChoiceValue choice_value(E& value) {
  const auto names = enum_names(E{});
  return {
      .value = &value,
      .names = {names.begin(), names.end()},
      .index = [](const void* at) { return static_cast<std::size_t>(*static_cast<const E*>(at)); },
      .set = [](void* at, std::size_t index) { *static_cast<E*>(at) = static_cast<E>(index); }};
}

/// The members of `params`, which must outlive the result.
template <class P>
std::vector<Parameter> parameters_of(P& params) {
  std::vector<Parameter> out;
  for_each_field<P>([&](const auto& field) {
    auto& value = params.*(field.member);
    using T = std::remove_reference_t<decltype(value)>;
    Parameter one{field.name, field.help, field.min, field.max, {}};
    if constexpr (EnumNames<T>) {
      one.value = choice_value(value);
    } else {
      one.value = &value;
    }
    out.push_back(std::move(one));
  });
  return out;
}

/// "rank_chunk" as an option: "--rank-chunk".
std::string option_name(std::string_view field);

/// Adds one option per parameter, except `seed`, which is the common --seed.
void add_parameters(CLI::App& app, const std::vector<Parameter>& parameters);

/// The parameters as they appear in the record.
nlohmann::json parameters_json(const std::vector<Parameter>& parameters);

/// The description of the parameters, for `--describe` without a kernel.
nlohmann::json describe_parameters(const std::vector<Parameter>& parameters);

template <class P>
void add_fields(CLI::App& app, P& params) {
  add_parameters(app, parameters_of(params));
}

template <class P>
nlohmann::json fields_to_json(P params) {
  return parameters_json(parameters_of(params));
}

/// Sets the parameter `seed` if the kernel has one.
template <class P>
void set_seed(P& params, std::int64_t seed) {
  if constexpr (requires { params.seed; }) params.seed = seed;
}

template <class P>
nlohmann::json describe_fields() {
  P defaults{};
  return describe_parameters(parameters_of(defaults));
}

}  // namespace scalelaw::driver
