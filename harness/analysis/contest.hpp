#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/laws/caches.hpp"
#include "harness/laws/fit.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// One way to run a kernel: a model at a placement, over sizes.
struct Strategy {
  std::string implementation;
  Model model;
  Placement placement;
  std::vector<std::int64_t> points;  ///< index into Results::points per round; -1: no time
  /// Where its data stay in each round; nothing where that is unknown or does not matter.
  std::vector<std::optional<CacheLevel>> levels;
  std::optional<LawFit> fit;  ///< fixed + per work over the sizes that have a time
  double overhead_share = 0;  ///< of the smallest size's time in transfer; NaN: unknown
};

/// The outcome at one size.
struct Round {
  std::string size;         ///< the parameter's value, as in the config
  double size_value = 0;    ///< as a number
  double operations = 0;    ///< of the kernel's work model
  std::size_t fastest = 0;  ///< strategy with the least median
  /// The simplest strategy that is not certainly slower: see Contest.
  std::size_t choice = 0;
  std::vector<std::size_t> tied;  ///< the others of these, the fastest included
  bool intervals = true;          ///< whether all strategies have one, which decides ties
  /// The fastest of another model that is certainly slower than the choice, and not tied.
  std::optional<std::size_t> next;
  Ratio ratio_to_next;  ///< the time of the next / that of the choice
};

/// All ways to run one kernel on the same work.  At each size, a strategy is certainly slower than
/// the fastest if its interval lies above that of the fastest; otherwise the two are tied.  The
/// choice is the simplest of the tied ones: serial before OpenMP, MPI, hybrid, then fewer workers.
/// This rule works for any number of strategies: two equal strategies are told apart by chance only
/// if one of their intervals misses, and mostly only if both miss.
/// Without intervals, strategies within 10 % of the fastest are tied.
struct Contest {
  std::string work;                  ///< the kernel and what all have in common
  std::string size_name;             ///< the parameter that varies
  std::vector<Strategy> strategies;  ///< the simplest first
  std::vector<Round> rounds;         ///< ascending in operations
};

/// Where the choice changes from one strategy to another.
struct Crossover {
  std::size_t from = 0, to = 0;      ///< indices into Contest::strategies: choices below and above
  std::size_t below = 0, above = 0;  ///< the change lies between these rounds
  /// Where the two fitted times meet; nothing when they do not, or when `refused` says why there is
  /// no answer.
  std::optional<Estimate> operations, size;
  std::string refused;
  /// Whether the interval of `size` reaches into the gap between the two rounds.
  bool agrees = false;
};

/// Whose points take part.
enum class Entrants {
  ours,  ///< of the implementation that an experiment is about
  all    ///< peers, too
};

/// The kernels of `results` that were run in strong scaling under several strategies, one contest
/// for each set of parameters other than the size.
std::vector<Contest> contests_of(const Results& results, Entrants entrants = Entrants::ours);

/// Where the straight lines that are fitted to two strategies meet, as a size, with its interval;
/// nothing where they do not meet, or do not describe the times.
std::optional<Estimate> meeting_size(const Contest& contest, const Strategy& a, const Strategy& b);

/// The changes of the choice with growing size.  Rounds at which one of the strategies that are
/// chosen anywhere has no time are passed over: it might have been chosen there, too.
std::vector<Crossover> crossovers_of(const Contest& contest);

}  // namespace scalelaw::harness
