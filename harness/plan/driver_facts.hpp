#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// A parameter of a kernel, as a driver describes it.
struct ParamFacts {
  std::string name;
  std::string type;  ///< count, number, bool, text, choice
  nlohmann::json fallback;
  std::string help;
  std::vector<std::string> choices;
};

/// A kernel, as a driver describes it.
struct KernelFacts {
  std::string summary;
  std::string size_parameter;
  std::vector<ParamFacts> params;
  std::vector<std::string> modes{"data"};  ///< what a pass may be
};

/// What one driver can run.
struct Catalog {
  Model model = Model::serial;
  std::map<std::string, KernelFacts> kernels;
};

/// A driver that is there and cannot be used.
struct Unusable {
  std::string why;
  std::string remedy;

  /// Both, for the reason of a point that is skipped.
  [[nodiscard]] std::string text() const { return remedy.empty() ? why : why + "; " + remedy; }
};

/// What the planner asks of the drivers.  A table of functions, so that a test can answer instead.
struct DriverFacts {
  /// The drivers that are there and answer, one per model.
  std::map<Model, Catalog> models;
  /// The peers, likewise, by name.
  std::map<std::string, Catalog> peers;
  /// Those that were asked and cannot be used, by the program's name, e.g. "scalelaw-mpi".
  std::map<std::string, Unusable> unusable;
  /// The names of all peers that are there, asked or not.
  std::vector<std::string> peer_names;
  /// The work model of a kernel with these parameters: docs/record.md, `--describe`.
  /// Errors: throws Error with the driver's own words when it refuses the parameters.
  std::function<nlohmann::json(const std::string& kernel, const nlohmann::json& params,
                               std::int64_t seed)>
      describe;
};

/// The drivers that somebody wants to know of.
struct WantedDrivers {
  std::set<Model> models;
  std::set<std::string> peers;
};

/// The drivers that a campaign names.
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

/// What `--describe` without a kernel printed, read.
/// Errors: throws Error, naming `driver`, when it is not what docs/record.md says.
Catalog parse_catalog(const std::string& text, const std::string& driver);

}  // namespace scalelaw::harness
