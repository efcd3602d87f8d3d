#pragma once

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace scalelaw::adapter {

/// The unit of the seconds that a program prints.
enum class TimeUnit { s, ms, us, ns, min };
constexpr auto enum_names(TimeUnit) {
  return std::array<std::string_view, 5>{"s", "ms", "us", "ns", "min"};
}
/// The seconds of a number in that unit.
double seconds_from(double value, TimeUnit unit);

/// A program that knows nothing of scalelaw, and how to measure it: a `[[driver]]` with a `command`
/// (docs/measuring-a-command.md).
struct Definition {
  std::string name;
  std::string kernel;                ///< what it computes, as reports name it
  std::vector<std::string> command;  ///< with placeholders, as all texts below
  bool ranked = false;
  bool threaded = false;
  std::map<std::string, std::string> env{};
  std::string folder{};  ///< where the commands run; empty: where scalelaw does
  std::vector<std::string> setup{}, teardown{};  ///< untimed commands around a launch
  std::string time{};                            ///< a pattern; empty: the wall clock
  TimeUnit time_unit = TimeUnit::s;
  std::string check{};         ///< a pattern; empty: nothing is compared
  double check_tolerance = 0;  ///< relative
  std::string work{};          ///< an expression; empty: unknown
  std::string unit{};          ///< of the work

  /// Whether a launch is one run of the command, whatever number of samples is asked for.  The
  /// ranks of an mpirun can start once.
  [[nodiscard]] bool runs_once() const { return ranked; }
};

/// The definition as the adapter gets it on its command line, and back.
/// Errors: parse_definition() throws Error when the text is not such a definition.
nlohmann::json to_json(const Definition& definition);
Definition parse_definition(const std::string& text);

/// The placeholders that are always filled.
constexpr std::array<std::string_view, 6> own_placeholders{"size",  "ranks", "threads",
                                                           "nodes", "seed",  "sample"};

/// Whether some text of a definition has this placeholder.
bool has_placeholder(const Definition& definition, std::string_view name);

/// The placeholders beside own_placeholders, each once, in the order of their first use: they are
/// the parameters of the command.
/// Errors: throws Error for a text with unbalanced braces.
std::vector<std::string> parameters_of(const Definition& definition);

}  // namespace scalelaw::adapter
