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
#include "harness/plan/memory_size.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// A driver that exists but cannot be used.
struct Unusable {
  std::string why;
  std::string remedy;

  /// Both as one text, for the reason of a skipped point.
  [[nodiscard]] std::string text() const { return remedy.empty() ? why : why + "; " + remedy; }
};

/// What the planner needs to know from the drivers.  Questions are functions, so that tests can
/// answer them instead.
struct DriverFacts {
  std::vector<Driver> models;           ///< our own drivers that answered, the simplest first
  std::map<std::string, Driver> peers;  ///< the peers that answered, by name
  std::map<std::string, Driver> named;  ///< the drivers of the config that answered, by name
  /// The drivers that were asked and cannot be used, by program name, e.g. "scalelaw-mpi"; those of
  /// the config by their own.
  std::map<std::string, Unusable> unusable;
  std::vector<std::string> model_names;  ///< of all drivers of models that are there, asked or not
  std::vector<std::string> peer_names;   ///< likewise of peers
  /// The work of a kernel with these parameters and options: docs/record.md, `--describe`.
  /// Errors: throws Error with the driver's own words when it refuses them.
  std::function<nlohmann::json(const Driver& driver, const std::string& kernel,
                               const nlohmann::json& params, const nlohmann::json& options,
                               std::int64_t seed)>
      describe;
  /// How much a memory-bound kernel with size = "auto" holds; empty: assumed_memory_size().
  std::function<MemorySize()> memory_size{};

  /// The driver of a model, when it answered; null otherwise.
  [[nodiscard]] const Driver* find(const std::string& model) const;
  /// The simplest of our own drivers that has a kernel; null when none has.
  [[nodiscard]] const Driver* any_with(const std::string& kernel) const;
  /// The drivers whose kernels an experiment measures, the one that is asked about sizes first: all
  /// of our own that have its kernel, or those of the config that it names.
  [[nodiscard]] std::vector<const Driver*> of(const Experiment& experiment) const;
};

/// The drivers that are wanted.
struct WantedDrivers {
  std::set<std::string> models{};
  std::set<std::string> peers{};
  bool all_models = false;  ///< those of all models that are there
};

/// The drivers that a campaign wants.  An experiment that names no model wants all models.
WantedDrivers drivers_of(const Campaign& campaign);

/// All drivers in `folder`.
WantedDrivers drivers_in(const std::filesystem::path& folder);

/// The words that start a driver of the config: the program, and what stands before all others.
std::vector<std::string> driver_start(const ConfigDriver& driver,
                                      const std::filesystem::path& folder);

/// Asks the drivers of a config, and adds their answers.  A command's is given by the adapter in
/// `folder`, or by this program's own.
void ask_config_drivers(const std::filesystem::path& folder, const Campaign& campaign,
                        DriverFacts& facts);

/// Asks the wanted drivers in `folder`.  Others are not even started, unless no wanted driver of a
/// model answers: a plan needs the kernels' work, which any driver knows.  A driver that cannot be
/// used is listed as unusable, which is not an error.  Answers of describe() are cached.
DriverFacts ask_drivers(const std::filesystem::path& folder, const WantedDrivers& wanted);

/// Errors: throws Error when no driver of any model in `folder` can be used, and some experiment
/// measures our own: nothing of it can be planned.
void require_a_model(const std::filesystem::path& folder, const Campaign& campaign,
                     const DriverFacts& drivers);

}  // namespace scalelaw::harness
