#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace scalelaw::driver {

/// How a driver executes, as in `--describe` (contract/describe.schema.json).
struct Model {
  std::string name;       ///< one word, in lower case: serial, openmp, mpi, hybrid
  std::string title;      ///< its usual spelling: OpenMP
  bool ranked = false;    ///< may be started as several ranks, which share the work
  bool threaded = false;  ///< a rank may have several threads
  bool device = false;    ///< computes on an accelerator
  bool alone = false;     ///< one rank may be started without mpirun
};

nlohmann::json to_json(const Model& model);

/// The record's description of the program.
struct Identity {
  std::string driver;          ///< scalelaw-mpi
  std::string implementation;  ///< scalelaw, or the name of a peer
  Model model;
};

}  // namespace scalelaw::driver
