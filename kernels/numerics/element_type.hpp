#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace scalelaw {

/// The type of a kernel's input elements.  Sums are always accumulated in f64.
enum class ElementType { f64, f32 };

constexpr auto enum_names(ElementType) {
  return std::array<std::string_view, 2>{"f64", "f32"};
}

/// Bytes of one element.
constexpr std::int64_t size_of(ElementType type) noexcept {
  return type == ElementType::f64 ? 8 : 4;
}

}  // namespace scalelaw
