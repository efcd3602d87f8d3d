#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

// What a driver says about itself (docs/record.md, `--describe` without a kernel).

/// The type, default and limits of a parameter or an option.
enum class ValueType { count, number, truth, text, choice };
constexpr auto enum_names(ValueType) {
  return std::array<std::string_view, 5>{"count", "number", "bool", "text", "choice"};
}

/// A parameter of a kernel.
struct ParamFacts {
  std::string name;
  ValueType type = ValueType::text;
  nlohmann::json fallback;
  std::string help;
  std::vector<std::string> choices;
  std::optional<double> min, max;
};

/// A condition for an option to have an effect.
struct Need {
  enum class Kind {
    ranked,    ///< a model with ranks
    threaded,  ///< a model with threads
    device,    ///< a model that computes on a device
    option,    ///< another option with one of some values
    param,     ///< a parameter that is not empty
    any        ///< one of several needs
  };
  Kind kind = Kind::ranked;
  std::string name;                    ///< of the option or parameter
  std::vector<nlohmann::json> values;  ///< of the option
  std::vector<Need> any;
  std::vector<nlohmann::json> when;  ///< the values that have this need; empty: all
};

/// An option of a kernel's driver: how a pass is made, not what it computes.
struct OptionFacts {
  ParamFacts value;  ///< a fallback of null: the kernel's own
  std::vector<Need> needs;
};

/// A kernel.
struct KernelFacts {
  std::string summary;
  std::string size_parameter;
  std::vector<ParamFacts> params;
  std::vector<OptionFacts> options;
};

/// A driver that answered.
struct Driver {
  std::filesystem::path program;
  std::vector<std::string> words{};  ///< that stand before all others on its command line
  std::string implementation;
  Model model;
  std::string mpi{};  ///< the MPI library that it says to be linked with; empty: it says none
  std::map<std::string, KernelFacts> kernels;

  [[nodiscard]] bool has(const std::string& kernel) const { return kernels.contains(kernel); }
};

/// Reads what `program --describe` printed.
/// Errors: throws Error, naming `program`, when it is not as docs/record.md requires, or when the
///         driver describes itself as another than its name says.
Driver parse_driver(const std::string& text, const std::filesystem::path& program);

/// Likewise of a driver of the config, which calls it `name`.
Driver parse_config_driver(const std::string& text, const std::filesystem::path& program,
                           const std::string& name);

/// The message of an exception, without the name that the JSON library puts before it.
std::string said_by(const std::exception& error);

}  // namespace scalelaw::harness
