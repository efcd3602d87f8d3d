#pragma once

#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/machine/machine.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// A placement, and whether it may be launched.
struct Planned {
  Placement placement;
  bool oversubscribed = false;
  std::string skip;  ///< why it is not to be launched; empty: it is
};

/// 1, 2, 4 ... up to `most`, and `most` itself.
std::vector<std::int64_t> powers_of_two(std::int64_t most);

/// The placements of an experiment that a model can use, ordered by workers, without repetition.  A
/// model without ranks gets one node and rank; one without threads gets one thread.  Combinations
/// that need more cores than a node has are skipped, with the reason, unless the experiment allows
/// oversubscription.  Where a list is "auto", they are omitted.
/// Errors: throws Error when a single count exceeds what there is and oversubscription is not
///         allowed.
std::vector<Planned> placements_of(const Experiment& experiment, const Model& model,
                                   const Machine& machine, const std::string& file);

/// Errors: throws Error when the experiment sets nodes, ranks or threads that none of `models` (its
///         own and its peers') can have.
void check_axes_used(const Experiment& experiment, const std::vector<Model>& models,
                     const std::string& file);

}  // namespace scalelaw::harness
