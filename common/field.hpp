#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "common/error.hpp"

namespace scalelaw {

/// One member of a parameter struct, described once: command-line options, the record and the
/// results file all derive from it.
///
/// A parameter struct `P` lists its members in `static constexpr auto fields()`, which returns a
/// std::tuple of Field<P, T>.  `T` is std::int64_t (a count or size, written 1e9, 4Gi, 10_000),
/// double, bool, std::string, or an enum with names (see EnumNames).
template <class P, class T>
struct Field {
  std::string_view name;  ///< snake_case; the option is --name with '-' for '_'
  T P::*member;
  std::string_view help;
  std::int64_t min = std::numeric_limits<std::int64_t>::min();  ///< for counts: smallest allowed
  std::int64_t max = std::numeric_limits<std::int64_t>::max();  ///< for counts: largest allowed
};

/// An enum is usable as a parameter when an overload `enum_names(E)` found by argument-dependent
/// look-up returns its enumerators' names, as a std::array of std::string_view in order of value.
template <class E>
concept EnumNames = std::is_enum_v<E> && requires(E e) {
  enum_names(e).size();
};

template <EnumNames E>
constexpr std::string_view to_string(E value) {
  return enum_names(value)[static_cast<std::size_t>(value)];
}

/// The names of an enum, joined for a message: "f32, f64".
template <EnumNames E>
std::string list_names() {
  std::string out;
  for (const std::string_view name : enum_names(E{})) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

/// The enumerator named `text`.  `what` says in the message what the text stands for,
/// e.g. "format".
/// Errors: throws Error that lists the choices.
template <EnumNames E>
E enum_from(std::string_view text, std::string_view what = "value") {
  const auto names = enum_names(E{});
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == text) return static_cast<E>(i);
  }
  throw Error("unknown " + std::string(what) + " '" + std::string(text) + "'",
              "choose one of: " + list_names<E>());
}

/// Calls `visit(field)` for each field of the parameter struct `P`.
template <class P, class F>
constexpr void for_each_field(F&& visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, P::fields());
}

}  // namespace scalelaw
