#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <type_traits>

#include "common/field.hpp"
#include "kernels/kernel.hpp"

namespace scalelaw {

/// The kernel's default parameters made small: every count that the work depends on is halved in
/// turn, the size first, until no more than about `operations` are left; never below what its field
/// allows, and never so far that fewer than `least_items` are left.
template <Kernel K>
typename K::Params small_params(double operations, std::int64_t least_items) {
  using Params = typename K::Params;
  Params params{};
  const auto halve = [&](bool the_size) {
    bool less = false;
    for_each_field<Params>([&](const auto& field) {
      using T = std::remove_cvref_t<decltype(params.*field.member)>;
      if constexpr (std::is_same_v<T, std::int64_t>) {
        if ((field.name == K::size_parameter) != the_size || field.name == "seed") return;
        Params smaller = params;
        smaller.*field.member /= 2;
        if (smaller.*field.member < std::max<std::int64_t>(field.min, 1)) return;
        const double before = K::work(params).operations;
        if (before <= operations || K::work(smaller).operations >= before) return;
        if (K::items(smaller) < least_items) return;
        params = smaller;
        less = true;
      }
    });
    return less;
  };
  for (bool less = true; less;) {
    less = halve(true);
    less = halve(false) || less;
  }
  return params;
}

/// Calls `body(params)` with `params`, and with each choice and each switch of the kernel changed,
/// one at a time.
template <Kernel K, class F>
void for_each_variant(const typename K::Params& params, F&& body) {
  body(params);
  for_each_field<typename K::Params>([&](const auto& field) {
    using T = std::remove_cvref_t<decltype(params.*field.member)>;
    const auto with = [&](T value) {
      if (value == params.*field.member) return;
      typename K::Params changed = params;
      changed.*field.member = value;
      SCOPED_TRACE(std::string(field.name));
      body(changed);
    };
    if constexpr (EnumNames<T>) {
      for (std::size_t i = 0; i < enum_names(T{}).size(); ++i) with(static_cast<T>(i));
    } else if constexpr (std::is_same_v<T, bool>) {
      with(!(params.*field.member));
    }
  });
}

}  // namespace scalelaw
