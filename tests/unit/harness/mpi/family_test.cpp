// Which MPI a library and an mpirun are of, from what they really print.
#include "harness/mpi/family.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/process/scratch_folder.hpp"

namespace scalelaw::harness {
namespace {

struct Said {
  const char* text;
  MpiFamily family;
  const char* name;
};

TEST(MpiFamily, IsThatOfALibrary) {
  const std::pair<const char*, MpiFamily> table[] = {
      {"Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4", MpiFamily::open_mpi},
      {"IBM Spectrum MPI v10.4", MpiFamily::open_mpi},
      {"MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022",
       MpiFamily::mpich},
      {"MPI VERSION    : CRAY MPICH version 8.1.25.17 (ANL base 3.4a2)", MpiFamily::mpich},
      {"MVAPICH2 Version      :\t2.3.7", MpiFamily::mpich},
      {"Intel(R) MPI Library 2021.19 for Linux* OS\n", MpiFamily::intel}};
  for (const auto& [text, family] : table) EXPECT_EQ(family_of_library(text), family) << text;
  EXPECT_EQ(family_of_library("Another MPI 1.0"), std::nullopt);
  EXPECT_EQ(family_of_library(""), std::nullopt);
}

TEST(MpiFamily, IsThatOfAnMpirun) {
  const Said table[] = {
      {"mpirun (Open MPI) 4.1.4\n\nReport bugs to http://www.open-mpi.org/community/help/\n",
       MpiFamily::open_mpi, "Open MPI 4.1.4"},
      {"mpirun (Open MPI) 5.0.7\n", MpiFamily::open_mpi, "Open MPI 5.0.7"},
      {"HYDRA build details:\n    Version:                                 4.0.2\n"
       "    Release Date:                            Thu Apr  7 12:34:45 CDT 2022\n"
       "    Process Manager:                         pmi\n",
       MpiFamily::mpich, "MPICH 4.0.2"},
      {"Intel(R) MPI Library for Linux* OS, Version 2021.19.0 Build 20260929 (id: 1821d9b)\n"
       "Copyright 2003-2026, Intel Corporation.\n",
       MpiFamily::intel, "Intel MPI 2021.19.0"}};
  for (const Said& said : table) {
    const auto mpirun = parse_mpirun(said.text);
    ASSERT_TRUE(mpirun) << said.text;
    EXPECT_EQ(mpirun->family, said.family) << said.text;
    EXPECT_EQ(mpirun->name, said.name);
  }
  EXPECT_FALSE(parse_mpirun("true (GNU coreutils) 9.1\n"));
}

TEST(MpiFamily, StartsThoseThatSpeakItsProtocol) {
  EXPECT_TRUE(can_start(MpiFamily::open_mpi, MpiFamily::open_mpi));
  EXPECT_TRUE(can_start(MpiFamily::mpich, MpiFamily::intel));
  EXPECT_TRUE(can_start(MpiFamily::intel, MpiFamily::mpich));
  EXPECT_FALSE(can_start(MpiFamily::mpich, MpiFamily::open_mpi));
  EXPECT_FALSE(can_start(MpiFamily::open_mpi, MpiFamily::intel));
}

TEST(MpiFamily, IsAskedOfTheProgram) {
  const ScratchFolder folder;
  const auto program = [&](const std::string& name, const std::string& lines) {
    std::ofstream(folder.file(name)) << "#!/bin/sh\n" << lines;
    std::filesystem::permissions(folder.file(name), std::filesystem::perms::owner_all);
    return folder.file(name);
  };
  const auto found =
      ask_mpirun(program("mpirun", "[ $1 = --version ] && echo 'mpirun (Open MPI) 4.1.4'"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "Open MPI 4.1.4");
  const auto wrapped =
      ask_mpirun(program("site", "echo 'HYDRA build details:\n Version: 4.0.2' >&2; exit 1\n"));
  ASSERT_TRUE(wrapped);
  EXPECT_EQ(wrapped->name, "MPICH 4.0.2");
  EXPECT_FALSE(ask_mpirun(program("wrapper", "exit 1\n")));
  EXPECT_FALSE(ask_mpirun(program("silent", "\n")));
  EXPECT_FALSE(ask_mpirun("no-such-mpirun"));
}

}  // namespace
}  // namespace scalelaw::harness
