#pragma once

#include <gtest/gtest.h>

#include <string>

#include "common/field.hpp"
#include "common/isa.hpp"

namespace scalelaw {

/// Calls `body(isa)` with each instruction set of this machine selected in turn, then restores the
/// previous selection.
template <class F>
void for_each_isa(F&& body) {
  const Isa before = active_isa();
  for (const Isa isa : {Isa::scalar, Isa::neon, Isa::avx2, Isa::avx512}) {
    if (!supported(isa)) continue;
    SCOPED_TRACE(std::string(to_string(isa)));
    select_isa(isa);
    body(isa);
  }
  select_isa(before);
}

}  // namespace scalelaw
