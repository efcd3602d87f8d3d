#include "adapter/place.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "common/error.hpp"

namespace scalelaw::adapter {
namespace {

const char* const names[] = {"OMPI_COMM_WORLD_RANK",
                             "OMPI_COMM_WORLD_SIZE",
                             "OMPI_COMM_WORLD_LOCAL_SIZE",
                             "MPI_LOCALNRANKS",
                             "MV2_COMM_WORLD_RANK",
                             "MV2_COMM_WORLD_SIZE",
                             "PMI_RANK",
                             "PMI_SIZE",
                             "SLURM_PROCID",
                             "SLURM_NTASKS",
                             "SLURM_STEP_ID",
                             "SLURM_JOB_ID",
                             "SLURM_NNODES",
                             "SLURM_STEP_NUM_NODES",
                             "PMIX_NAMESPACE",
                             "PMI_JOBID",
                             "OMPI_MCA_ess_base_jobid"};

Place place_with(const std::map<std::string, std::string>& environment) {
  for (const char* name : names) unsetenv(name);
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  const Place out = find_place();
  for (const char* name : names) unsetenv(name);
  return out;
}

TEST(Place, IsAloneWithoutALauncher) {
  const Place place = place_with({});
  EXPECT_EQ(place.rank, 0);
  EXPECT_EQ(place.ranks, 1);
  EXPECT_EQ(place.nodes, 1);
}

TEST(Place, IsThatOfMpirun) {
  const Place place = place_with({{"OMPI_COMM_WORLD_RANK", "5"},
                                  {"OMPI_COMM_WORLD_SIZE", "8"},
                                  {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"},
                                  {"PMIX_NAMESPACE", "123.1"}});
  EXPECT_EQ(place.rank, 5);
  EXPECT_EQ(place.ranks, 8);
  EXPECT_EQ(place.nodes, 2);
  EXPECT_EQ(place.launch, "123.1");
  EXPECT_EQ(place_with({{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}}).rank, 1);
  const Place hydra = place_with({{"PMI_RANK", "5"}, {"PMI_SIZE", "8"}, {"MPI_LOCALNRANKS", "2"}});
  EXPECT_EQ(hydra.rank, 5);
  EXPECT_EQ(hydra.nodes, 4);
}

TEST(Place, IsThatOfAStepOfSlurmAndNotOfItsBatchScript) {
  const std::map<std::string, std::string> batch{
      {"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "8"}, {"SLURM_JOB_ID", "9"}};
  EXPECT_EQ(place_with(batch).ranks, 1);
  auto step = batch;
  step["SLURM_STEP_ID"] = "3";
  step["SLURM_PROCID"] = "7";
  step["SLURM_STEP_NUM_NODES"] = "2";
  EXPECT_EQ(place_with(step).rank, 7);
  EXPECT_EQ(place_with(step).ranks, 8);
  EXPECT_EQ(place_with(step).nodes, 2);
  EXPECT_EQ(place_with(step).launch, "9-3");
  auto mpirun = step;  // an mpirun inside it
  mpirun["OMPI_COMM_WORLD_RANK"] = "1";
  mpirun["OMPI_COMM_WORLD_SIZE"] = "2";
  EXPECT_EQ(place_with(mpirun).ranks, 2);
}

TEST(Place, IsRefusedWhenItIsNoNumber) {
  EXPECT_THROW((void)place_with({{"PMI_RANK", "x"}, {"PMI_SIZE", "2"}}), Error);
}

}  // namespace
}  // namespace scalelaw::adapter
