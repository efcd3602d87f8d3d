#pragma once

#include <span>

#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// Whether the log times of launches are normally distributed about the mean of their point.
struct Normality {
  std::int64_t residuals = 0;  ///< launches of points with at least three
  double statistic = 0;        ///< Anderson & Darling's A*^2, for estimated mean and variance
  bool judged = false;         ///< at least eight residuals
  bool normal = false;         ///< A*^2 below 0.752: not rejected at 5 %
};

/// The Anderson-Darling test of all points' residuals together, each divided by its point's own
/// standard deviation and spread by sqrt(n/(n - 1)).
/// Source: Stephens, "EDF statistics for goodness of fit", JASA 69 (1974), case 3.
Normality judge_normality(const std::vector<Summary>& summaries);

}  // namespace scalelaw::harness
