#pragma once

#include <map>
#include <optional>
#include <string>

#include "harness/config/campaign.hpp"
#include "harness/mpi/family.hpp"
#include "harness/plan/driver_facts.hpp"

namespace scalelaw::harness {

/// Which mpirun starts ranks, and which MPI libraries these are linked with.
struct MpirunChoice {
  std::optional<Mpirun> found;  ///< as it describes itself; none: it does not, or was not asked
  /// What drivers say, by program (scalelaw-mpi) or, of the config's own, by name.
  std::map<std::string, std::string> libraries;

  /// How mpirun is called: as it says itself, else as the drivers' library asks for, else as Open
  /// MPI's.
  [[nodiscard]] MpiFamily family() const;
};

/// The libraries of all drivers that name theirs.
std::map<std::string, std::string> mpi_libraries(const DriverFacts& drivers);

/// Errors: throws Error, naming both and the remedy, when the mpirun is of another MPI than `driver`,
/// and when the config has parameters of Open MPI for another one's.
void refuse_foreign(const MpirunChoice& choice, const MpirunOptions& options,
                    const std::string& driver);

/// What to say of `program`, an mpirun that was asked and does not say what it is: it may be foreign,
/// and every rank then be alone.  Empty: it does say.
std::string doubt_about(const MpirunChoice& choice, const std::string& program);

}  // namespace scalelaw::harness
