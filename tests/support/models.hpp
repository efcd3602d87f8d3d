#pragma once

#include <vector>

#include "harness/results/results.hpp"

// The models that this project's drivers describe.
namespace scalelaw::harness::models {

inline const Model serial{.name = "serial", .title = "serial"};
inline const Model openmp{.name = "openmp", .title = "OpenMP", .threaded = true};
inline const Model mpi{.name = "mpi", .title = "MPI", .ranked = true, .alone = true};
inline const Model hybrid{
    .name = "hybrid", .title = "MPI + OpenMP", .ranked = true, .threaded = true, .alone = true};

inline const std::vector<Model> all{serial, openmp, mpi, hybrid};

}  // namespace scalelaw::harness::models
