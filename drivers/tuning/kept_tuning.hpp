#pragma once

#include <optional>
#include <string>

#include "common/kept_facts.hpp"
#include "kernels/numerics/tuning.hpp"

namespace scalelaw::driver {

/// Calibrations of this machine, kept until it starts anew.
class KeptTunings {
 public:
  explicit KeptTunings(KeptFacts facts);

  static KeptTunings of_this_machine();

  [[nodiscard]] std::optional<Streaming> find(const std::string& loop) const;
  void keep(const std::string& loop, const Streaming& streaming) const;

 private:
  KeptFacts facts_;
};

}  // namespace scalelaw::driver
