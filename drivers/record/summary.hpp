#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "drivers/record/session.hpp"

namespace scalelaw::driver {

/// A summary in a few lines, for users who run a driver by hand.
class Summary {
 public:
  void add(const nlohmann::json& sample);
  [[nodiscard]] std::string text(const Identity& identity, const Options& options,
                                 const Subject& subject, int threads, int ranks) const;

 private:
  std::vector<double> totals_;
  nlohmann::json last_;
  std::string fault_;
};

}  // namespace scalelaw::driver
