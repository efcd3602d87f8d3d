#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/results.hpp"

namespace scalelaw {

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

/// What the planner asks of the drivers.  A table of functions, so that a test can answer instead.
struct DriverFacts {
  /// The drivers that are there, one per model.
  std::map<Model, Catalog> models;
  /// The peers that are there, by name.
  std::map<std::string, Catalog> peers;
  /// The work model of a kernel with these parameters: docs/record.md, `--describe`.
  /// Errors: throws Error with the driver's own words when it refuses the parameters.
  std::function<nlohmann::json(const std::string& kernel, const nlohmann::json& params,
                               std::int64_t seed)>
      describe;
};

/// Asks the drivers in `folder`.  Answers of describe() are kept, so that a question is asked once.
/// Errors: throws Error when a driver that is there does not answer.
DriverFacts ask_drivers(const std::filesystem::path& folder);

/// What `--describe` without a kernel printed, read.
/// Errors: throws Error, naming `driver`, when it is not what docs/record.md says.
Catalog parse_catalog(const std::string& text, const std::string& driver);

}  // namespace scalelaw
