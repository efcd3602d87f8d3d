#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "common/error.hpp"

namespace scalelaw::driver {

/// Collects faults of one kind, so that users need not find them one at a time.
class Faults {
 public:
  /// Runs `step` and keeps the Error that it throws.
  template <class F>
  void look(F&& step) {
    try {
      step();
    } catch (const Error& fault) {
      add(fault);
    }
  }
  void add(Error fault) { faults_.push_back(std::move(fault)); }

  [[nodiscard]] const std::vector<Error>& all() const { return faults_; }

  /// Throws a single fault as it is, and several as one Error: their number, `what` they are, the
  /// first ten, and their remedies.
  void raise(std::string_view what) const;

 private:
  std::vector<Error> faults_;
};

}  // namespace scalelaw::driver
