// Whether the mpirun at hand can start the drivers.
#include "harness/commands/mpirun_choice.hpp"

#include <gtest/gtest.h>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

MpirunChoice choice(MpiFamily family, const std::string& name, const std::string& library) {
  return {.found = Mpirun{family, name}, .libraries = {{"scalelaw-mpi", library}}};
}

std::string refusal(const MpirunChoice& choice, const MpirunOptions& options = {}) {
  try {
    refuse_foreign(choice, options, "scalelaw-mpi");
    return "accepted";
  } catch (const Error& error) {
    EXPECT_FALSE(error.hint().empty());
    return error.what() + std::string("; ") + error.hint();
  }
}

TEST(RefuseForeign, NamesBothAndTheRemedy) {
  MpirunOptions options;
  options.program = "/no/mpirun";
  EXPECT_EQ(refusal(choice(MpiFamily::mpich, "MPICH 4.0.2", "Open MPI v4.1.4"), options),
            "'/no/mpirun' is of MPICH 4.0.2, but scalelaw-mpi is linked with Open MPI v4.1.4: each "
            "rank would run alone; load the module of Open MPI, name its mpirun in [mpirun] "
            "program, or build the drivers with MPICH (docs/installing.md)");
  EXPECT_NE(refusal(choice(MpiFamily::open_mpi, "Open MPI 4.1.4", "Intel(R) MPI Library 2021.19")),
            "accepted");
}

TEST(RefuseForeign, AcceptsItsOwnAndWhatSaysNothing) {
  EXPECT_EQ(refusal(choice(MpiFamily::open_mpi, "Open MPI 5.0.7", "Open MPI v4.1.4")), "accepted");
  EXPECT_EQ(refusal(choice(MpiFamily::intel, "Intel MPI 2021.19", "MPICH Version: 4.0.2")),
            "accepted");
  EXPECT_EQ(refusal(choice(MpiFamily::mpich, "MPICH 4.0.2", "Another MPI")), "accepted");
  EXPECT_EQ(refusal({.found = Mpirun{MpiFamily::mpich, "MPICH 4.0.2"}, .libraries = {}}),
            "accepted");
  EXPECT_EQ(refusal({.found = {}, .libraries = {{"scalelaw-mpi", "Open MPI v4.1.4"}}}), "accepted");
}

TEST(MpirunChoice, SaysThatItBelievesAnMpirunThatSaysNothing) {
  const MpirunChoice silent{.found = {}, .libraries = {{"scalelaw-mpi", "MPICH Version: 4.0.2"}}};
  EXPECT_EQ(doubt_about(silent, "/no/mpirun"),
            "cannot tell which MPI '/no/mpirun' is of: it is believed to be the drivers' own, and "
            "called as that of MPICH");
  EXPECT_EQ(doubt_about(choice(MpiFamily::mpich, "MPICH 4.0.2", "Open MPI v4.1.4"), "/no/mpirun"),
            "");
}

TEST(RefuseForeign, RefusesParametersOfOpenMpiForAnother) {
  MpirunOptions options;
  options.mca = {{"btl", "tcp,self"}};
  EXPECT_EQ(refusal(choice(MpiFamily::open_mpi, "Open MPI 4.1.4", "Open MPI v4.1.4"), options),
            "accepted");
  EXPECT_NE(refusal(choice(MpiFamily::mpich, "MPICH 4.0.2", "MPICH Version: 4.0.2"), options)
                .find("mca has parameters of Open MPI, but "),
            std::string::npos);
}

TEST(MpirunChoice, CallsAnMpirunThatSaysNothingAsTheDriversLibraryAsks) {
  EXPECT_EQ(MpirunChoice{}.family(), MpiFamily::open_mpi);
  EXPECT_EQ((MpirunChoice{.found = {}, .libraries = {{"x", "MPICH Version: 4.0.2"}}}).family(),
            MpiFamily::mpich);
  EXPECT_EQ(choice(MpiFamily::intel, "Intel MPI 2021", "MPICH Version: 4.0.2").family(),
            MpiFamily::intel);
}

}  // namespace
}  // namespace scalelaw::harness
