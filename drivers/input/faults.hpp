#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "common/error.hpp"

namespace scalelaw::driver {

/// Faults of one kind that are collected, so that people need not find them one by one.
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

  /// Throws a single fault as it is, and several as one Error: their number, `what` is wrong with
  /// them, the first ten, and their remedies.
  void raise(std::string_view what) const;

 private:
  std::vector<Error> faults_;
};

}  // namespace scalelaw::driver
