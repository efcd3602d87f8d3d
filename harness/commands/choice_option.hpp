#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "common/field.hpp"

namespace scalelaw::harness {

/// "{table,json}": the choices as --help shows them.
inline std::string braces(const std::vector<std::string>& choices) {
  return fmt::format("{{{}}}", fmt::join(choices, ","));
}

/// The names of an enum, as a list.
template <EnumNames E>
std::vector<std::string> all_names() {
  const auto names = enum_names(E{});
  return {names.begin(), names.end()};
}

/// Accepts numbers above 0.
inline CLI::Validator above_zero() {
  return {[](const std::string& text) {
            double value = 0;
            const bool good = CLI::detail::lexical_cast(text, value) && value > 0;
            return good ? std::string() : fmt::format("'{}' is not a number above 0", text);
          },
          ""};
}

/// Adds --format, limited to `choices`.
inline CLI::Option* add_format_option(CLI::App& app, std::string& format,
                                      const std::vector<std::string>& choices) {
  return app.add_option("--format", format, "output format")
      ->check(CLI::IsMember(choices).description(""))
      ->type_name(braces(choices))
      ->capture_default_str();
}

}  // namespace scalelaw::harness
