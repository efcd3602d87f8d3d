#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "drivers/cli/options.hpp"
#include "drivers/record/identity.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the name is CLI11's
class App;
class Option;
}  // namespace CLI

namespace scalelaw::driver {

/// What an option requires in order to have an effect (contract/describe.schema.json).
struct Need {
  enum class Of { ranks, threads, option, param, any };
  Of of = Of::ranks;
  std::string name{};                  ///< name of the option or parameter
  std::vector<nlohmann::json> is{};    ///< values of that option that meet the need
  std::vector<Need> any{};             ///< one of these must hold
  std::vector<nlohmann::json> when{};  ///< values that need it; empty: all but the default
};

/// One driver option, declared once: the command line, `--describe`, the record and the checks of
/// combinations all derive from it.
struct DriverOption {
  std::string name;
  nlohmann::json described{};  ///< type, default, help, choices, min, as in `--describe`
  std::vector<Need> needs{};
  std::function<CLI::Option*(CLI::App&, Options&)> add;  ///< adds it to a command line
  std::function<nlohmann::json(const Options&)> value;   ///< its value for the record
};

/// What a kernel supports.
struct KernelOffer {
  bool has_input_files = false;  ///< named by a parameter `input`
  bool has_pipeline = false;     ///< supports --mode pipeline
  bool shares_bulk = false;      ///< has parts of results that other processes can read in place
  bool streams = false;          ///< has a loop that streams from memory, which can be tuned
};

/// The options of a kernel, in the order of its help.
std::vector<DriverOption> driver_options(const KernelOffer& offer);

/// Those of a kernel that has none.
inline std::vector<DriverOption> no_options() {
  return {};
}

/// For `--describe`.
nlohmann::json describe(const std::vector<DriverOption>& options);

/// For the record's header: every option as used.
nlohmann::json values_of(const std::vector<DriverOption>& all, const Options& options);

/// Errors: throws Error when an option given to `app` has no effect under `model` or with the other
///         options, or lacks a parameter.  The message names what it requires.
void check_needs(const std::vector<DriverOption>& all, const CLI::App& app, const Options& options,
                 const Model& model, const nlohmann::json& params);

}  // namespace scalelaw::driver
