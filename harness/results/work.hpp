#pragma once

#include <array>
#include <string_view>

#include "common/field.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

// What a point's work model says of its passes beside numbers (docs/record.md, `--describe`).  Each
// of its keys may be absent, and then means what a plain kernel does.

/// Which messages a pass consists of.
enum class Messages {
  reduce,   ///< the results alone
  scatter,  ///< the input is sent out first
  other     ///< not predictable
};
constexpr auto enum_names(Messages) {
  return std::array<std::string_view, 3>{"reduce", "scatter", "other"};
}

/// Who decides how many samples a launch has.
enum class SampleCount {
  asked,  ///< what --samples says
  own     ///< the driver
};
constexpr auto enum_names(SampleCount) {
  return std::array<std::string_view, 2>{"asked", "own"};
}

/// What part of the input a rank holds.
enum class Held { share, whole, nothing };
constexpr auto enum_names(Held) {
  return std::array<std::string_view, 3>{"share", "whole", "nothing"};
}

struct Holding {
  Held root = Held::share;
  Held others = Held::share;
};

/// Errors: all throw Error for a word that they do not know; describe() has checked them.
Messages messages_of(const Point& point);
Holding holding_of(const Point& point);

/// Whether a sample with an extra barrier is possible.
bool has_diagnostics(const Point& point);

/// Whether the driver decides how many samples a launch has.
bool decides_samples(const Point& point);

/// Whether the input starts at the root, which sends every other rank its share.
bool is_dealt_out(const Point& point);

}  // namespace scalelaw::harness
