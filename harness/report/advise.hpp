#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/laws/fit.hpp"
#include "harness/report/layout.hpp"
#include "harness/results.hpp"

namespace scalelaw {

/// One way to run a kernel: a model at a placement, over sizes.
struct Strategy {
  Model model = Model::serial;
  Placement placement;
  std::vector<std::int64_t>
      points;                 ///< index into Results::points per size of the Contest; -1: no time
  std::optional<LawFit> fit;  ///< fixed + per work over the sizes that have a time
  double overhead_share = 0;  ///< of the smallest size's time outside compute, prepare and finish
};

/// All ways to run one kernel on the same work, and the sizes that were measured.
struct Contest {
  std::string work;                ///< the kernel and what all have in common
  std::string size_name;           ///< the parameter that varies
  std::vector<std::string> sizes;  ///< its values, ascending in operations
  std::vector<double> operations;  ///< per size
  std::vector<Strategy> strategies;
  std::vector<std::size_t> winners;  ///< index of the fastest strategy per size
};

/// Where the fastest strategy changes from one to another.
struct Crossover {
  std::size_t from = 0, to = 0;  ///< indices into Contest::strategies: fastest below and above
  std::size_t below = 0;         ///< the change lies after this size and before the next
  std::optional<Estimate>
      operations;  ///< where the two fitted times meet; nothing when they do not
};

/// The kernels of `results` that were run in strong scaling under several strategies, one contest
/// for each set of parameters other than the size.
std::vector<Contest> contests_of(const Results& results);

/// The changes of the fastest strategy as sizes grow.
std::vector<Crossover> crossovers_of(const Contest& contest);

/// Which of serial, OpenMP, MPI and hybrid is fastest for which sizes, where they cross over, and
/// why.
std::vector<Section> advise_sections(const Results& results);

}  // namespace scalelaw
