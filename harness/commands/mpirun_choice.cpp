#include "harness/commands/mpirun_choice.hpp"

#include <fmt/format.h>

#include "common/error.hpp"
#include "harness/process/find_program.hpp"

namespace scalelaw::harness {
namespace {

/// Where the program is, when it is named without a folder.
std::string place_of(const std::string& program) {
  const std::string place = find_program(program);
  return place.empty() ? program : place;
}

}  // namespace

MpiFamily MpirunChoice::family() const {
  if (found) return found->family;
  for (const auto& [driver, library] : libraries) {
    if (const auto family = family_of_library(library)) return *family;
  }
  return MpiFamily::open_mpi;
}

std::map<std::string, std::string> mpi_libraries(const DriverFacts& drivers) {
  std::map<std::string, std::string> out;
  const auto add = [&](const std::string& name, const Driver& driver) {
    if (!driver.mpi.empty()) out[name] = driver.mpi;
  };
  for (const Driver& driver : drivers.models) add(driver.program.filename(), driver);
  for (const auto& [name, driver] : drivers.peers) add(driver.program.filename(), driver);
  for (const auto& [name, driver] : drivers.named) add(name, driver);
  return out;
}

void refuse_foreign(const MpirunChoice& choice, const MpirunOptions& options,
                    const std::string& driver) {
  const auto library = choice.libraries.find(driver);
  const auto linked =
      library == choice.libraries.end() ? std::nullopt : family_of_library(library->second);
  if (choice.found && linked && !can_start(choice.found->family, *linked)) {
    throw Error(fmt::format("'{}' is of {}, but {} is linked with {}: each rank would run alone",
                            place_of(options.program), choice.found->name, driver, library->second),
                fmt::format("load the module of {0}, name its mpirun in [mpirun] program, or build "
                            "the drivers with {1} (docs/installing.md)",
                            to_string(*linked), to_string(choice.found->family)));
  }
  if (!options.mca.empty() && choice.family() != MpiFamily::open_mpi) {
    throw Error(
        fmt::format("[mpirun] mca has parameters of Open MPI, but '{}' is of {}",
                    place_of(options.program),
                    choice.found ? choice.found->name : to_string(choice.family())),
        "remove mca; set the variables of that MPI in the shell, or its mpirun's options in "
        "[mpirun] options");
  }
}

std::string doubt_about(const MpirunChoice& choice, const std::string& program) {
  if (choice.found) return {};
  return fmt::format(
      "cannot tell which MPI '{}' is of: it is believed to be the drivers' own, and called as that "
      "of {}",
      place_of(program), to_string(choice.family()));
}

}  // namespace scalelaw::harness
