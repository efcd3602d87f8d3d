#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/exchange/measurement.hpp"

namespace scalelaw::harness {

/// What a column or a parameter is used for.
struct Use {
  std::optional<Meaning> meaning{};  ///< nothing: it is a parameter or an option
  bool is_option = false;
  std::string name{};  ///< of the parameter or option
  std::string unit{};  ///< that the column's name states: "ms" of "time (ms)"
};

/// What the columns of a file mean: as the user says, else by their usual names.
class Naming {
 public:
  /// Errors: throws Error when an option of `options.columns` names no meaning.
  explicit Naming(const ImportOptions& options);

  /// The use of a column or a parameter with that name; nothing when its name is not known.
  [[nodiscard]] std::optional<Use> use_of(const std::string& name) const;

  /// Whether the user gave this column a meaning.
  [[nodiscard]] bool is_mapped(const std::string& name) const;

  /// Whether the user wants it left out.  `known`: its name has a meaning.
  [[nodiscard]] bool is_ignored(const std::string& name, bool known) const;

  /// Checks that the user named no column that the file lacks.
  /// Errors: throws Error with the nearest name.
  void require_present(const std::vector<std::string>& names) const;

 private:
  struct Mapped {
    std::string column;
    Use use;
  };
  std::vector<Mapped> mapped_;
  std::vector<std::string> ignored_;
};

/// The words that mean each of these, as a help text lists them: "workers: workers, p, cores ...".
std::vector<std::string> usual_names();

/// The parameter that has the identity of a point in files of other programs that this one writes.
inline constexpr const char* identity_parameter = "scalelaw.id";

/// Says the unit of the time.
/// Errors: throws Error when it is not a unit of time, or is another than was said before.
void state_unit(Measurement& to, const std::string& unit);

/// Puts `text` where `use` says.
/// Errors: throws Error when it is not what the meaning demands: a count, a positive number, a unit.
void put(Measurement& to, const Use& use, const std::string& text);

/// Puts the value of a parameter of another program: where its name says how many workers there
/// were, or what was run; else it is a parameter of what was run.
/// Errors: likewise.
void put_parameter(Measurement& to, const Naming& naming, const std::string& name,
                   const std::string& text);

}  // namespace scalelaw::harness
