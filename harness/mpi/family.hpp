#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/field.hpp"

namespace scalelaw::harness {

/// Implementations of MPI, by how their mpirun is called.
enum class MpiFamily { open_mpi, mpich, intel };
constexpr auto enum_names(MpiFamily) {
  return std::array<std::string_view, 3>{"Open MPI", "MPICH", "Intel MPI"};
}

/// The family of a library, from what MPI_Get_library_version says of it; nothing: another one.
std::optional<MpiFamily> family_of_library(std::string_view library);

/// Whether the mpirun of one family can start ranks that are linked with a library of another.  They
/// find each other by what mpirun serves: PMIx of Open MPI, PMI of MPICH and those made from it.
/// Under another mpirun, each rank would be alone.
bool can_start(MpiFamily mpirun, MpiFamily library);

/// An mpirun, as it describes itself.
struct Mpirun {
  MpiFamily family = MpiFamily::open_mpi;
  std::string name;  ///< with its version: "Open MPI 4.1.4"
};

/// Reads what `mpirun --version` printed; nothing: it does not say what it is.
std::optional<Mpirun> parse_mpirun(std::string_view printed);

/// Asks `program` for its version.  Nothing: it is not there, or does not say what it is, as the
/// script of a site may not.
std::optional<Mpirun> ask_mpirun(const std::string& program);

}  // namespace scalelaw::harness
