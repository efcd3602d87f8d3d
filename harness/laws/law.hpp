#pragma once

#include <Eigen/Dense>
#include <span>
#include <string_view>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// What a law knows of a point: how many workers, in how many processes, and how much work.
struct Load {
  double workers = 1;
  double ranks = 1;
  double work = 1;  ///< operations relative to the series' one-worker point; 1 in strong series
  double exchange_s = 0;  ///< what its messages take by the measured collectives; 0: none
};

/// A scaling law, as a sum of non-negative terms: the time of all the work is
///     T(load) = sum_j theta_j basis_j(load),              or, when `of_rate`,
///     T(load) = work / sum_j theta_j basis_j(load),   or, when `exchanges`,
///     T(load) = sum_j theta_j basis_j(load) + exchange_s, which is measured and not fitted.
/// Every law here has that form, and its bounds (0 <= s <= 1, a >= 0, b >= 0, T(1) >= 0) are
/// exactly theta_j >= 0.  `parameters` turns theta into the parameters that people know, in the
/// order of `names`; the first is always the seconds of one worker.
struct Law {
  std::string_view name;
  std::string_view title;    ///< for people
  std::string_view formula;  ///< for people
  bool of_rate = false;
  bool exchanges = false;
  std::string_view varies = "worker counts";  ///< what there must be enough of
  std::vector<std::string_view> names;
  std::vector<double> upper;  ///< bound of each parameter; the lower ones are 0
  std::vector<double> (*basis)(const Load& load);
  std::vector<double> (*parameters)(std::span<const double> theta);
};

/// T(p) = T1 (s + (1 - s)/p).
/// Source: Amdahl, "Validity of the single processor approach ...", AFIPS 30 (1967).
const Law& amdahl();
/// S(p) = p - s (p - 1), where S is the scaled speedup: (W(p)/W(1)) T(1)/T(p).
/// Source: Gustafson, "Reevaluating Amdahl's law", CACM 31 (1988).
const Law& gustafson();
/// T(p) = T1 (1 + a (p - 1) + b p (p - 1))/p: contention a, coherency b.
/// Source: Gunther, Guerrilla Capacity Planning (2007), chapter 4.
const Law& universal_scalability();
/// T(p) = T1 (s + (1 - s)/p) + L ceil(log2 ranks) + D (1 - 1/ranks)/B: what one worker does, a tree
/// of steps with latency L, and D bytes dealt out at bandwidth B.  L and B are measured (Exchange),
/// T1 and s are fitted.
/// Source: Hockney, "The communication challenge for MPP", Parallel Computing 20 (1994), for a
///         message; Thakur, Rabenseifner & Gropp, IJHPCA 19 (2005), section 4, for the tree.
const Law& latency_bandwidth();
/// The same on weak series: T(p) = T1 W(p)/(p W(1)) + the messages' time.
const Law& latency_bandwidth_weak();
/// T(p) = T1 (s + (1 - s)/p) + d ceil(log2 ranks): a tree whose every step takes d, fitted,
/// whatever it is spent on: the message, and merging what it brought. Source: as
/// latency_bandwidth().
const Law& combine_tree();
/// The same on weak series: T(p) = T1 W(p)/(p W(1)) + d ceil(log2 ranks).
const Law& combine_tree_weak();

/// T(n) = fixed + per_work n, at one placement over sizes: n is Load::work.  fixed/per_work is the
/// size at which half of the time is overhead.
/// Source: Hockney & Jesshope, Parallel Computers 2 (1988), section 1.3: (r_inf, n_1/2).
const Law& fixed_and_per_work();

/// The laws to fit to a series: Amdahl and USL on strong ones, Gustafson on weak ones, the
/// latency/bandwidth model where there are ranks, and the tree where all workers are ranks.
std::vector<const Law*> laws_for(Scaling scaling, const Model& model);

/// Seconds that the law predicts.
double seconds(const Law& law, const Eigen::VectorXd& theta, const Load& load);

}  // namespace scalelaw::harness
