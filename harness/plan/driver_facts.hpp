#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/plan/catalog.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// A driver that is there and cannot be used.
struct Unusable {
  std::string why;
  std::string remedy;

  /// Both, for the reason of a point that is skipped.
  [[nodiscard]] std::string text() const { return remedy.empty() ? why : why + "; " + remedy; }
};

/// What the planner asks of the drivers.  A question is a function, so that a test can answer
/// instead.
struct DriverFacts {
  std::vector<Driver> models;           ///< our own drivers that answered, the simplest first
  std::map<std::string, Driver> peers;  ///< the peers that answered, by name
  /// Those that were asked and cannot be used, by the program's name, e.g. "scalelaw-mpi".
  std::map<std::string, Unusable> unusable;
  std::vector<std::string> model_names;  ///< of all drivers of models that are there, asked or not
  std::vector<std::string> peer_names;   ///< likewise of peers
  /// The work of a kernel with these parameters and options: docs/record.md, `--describe`.
  /// Errors: throws Error with the driver's own words when it refuses them.
  std::function<nlohmann::json(const Driver& driver, const std::string& kernel,
                               const nlohmann::json& params, const nlohmann::json& options,
                               std::int64_t seed)>
      describe;

  /// The driver of a model, when it answered; null otherwise.
  [[nodiscard]] const Driver* find(const std::string& model) const;
  /// The simplest of our own that has a kernel; null when none has.
  [[nodiscard]] const Driver* any_with(const std::string& kernel) const;
};

/// The drivers that somebody wants to know of.
struct WantedDrivers {
  std::set<std::string> models{};
  std::set<std::string> peers{};
  bool all_models = false;  ///< those of all models that are there
};

/// The drivers that a campaign names.  An experiment that names no model wants all.
WantedDrivers drivers_of(const Campaign& campaign);

/// All that are in `folder`.
WantedDrivers drivers_in(const std::filesystem::path& folder);

/// Asks the wanted drivers in `folder`; others are not even started, unless no wanted one of a
/// model answers: a plan needs the kernels' work, and any driver knows it.  A driver that cannot be
/// used is unusable, and no error.  Answers of describe() are kept, so that a question is asked
/// once.
DriverFacts ask_drivers(const std::filesystem::path& folder, const WantedDrivers& wanted);

/// Errors: throws Error when no driver of any model in `folder` can be used: nothing can be
/// planned.
void require_a_model(const std::filesystem::path& folder, const DriverFacts& drivers);

}  // namespace scalelaw::harness
