#pragma once

#include <Eigen/Dense>
#include <vector>

namespace scalelaw::harness {

/// The coefficients of a law, which are few.  They need no memory of their own: a bootstrap solves
/// for thousands.
using Coefficients = Eigen::Matrix<double, Eigen::Dynamic, 1, Eigen::ColMajor, 6, 1>;

/// Linear least squares of relative errors with non-negative coefficients: the theta that minimises
/// sum_i ((y_i - basis_i theta) / scale_i)^2.
///
/// It is set up once for a basis and scale, and solved for many responses (a bootstrap's draws).
/// It keeps the pseudo-inverse of every subset of the columns; the bounded solution is the best
/// feasible one among them.  There are few columns, so this enumeration is exact, has no starting
/// values and cannot stop early.  Several sets fit equally well when there are more columns than
/// rows.  Then it takes the set with the most columns, and of these the one with the last columns,
/// whatever the rounding.
/// Shapes:  basis n x q, q <= 6; response and scale n.
/// Threads: const members are pure.
/// Source:  Lawson & Hanson, Solving Least Squares Problems (1974), chapter 23: the solution is an
///          unbounded solution on its own set of positive coefficients.
class BoundedLeastSquares {
 public:
  BoundedLeastSquares(const Eigen::MatrixXd& basis, const Eigen::VectorXd& scale);

  /// Whether the data determine all coefficients.
  [[nodiscard]] bool full_rank() const { return full_rank_; }
  /// Coefficients of any sign.
  [[nodiscard]] Coefficients unbounded(const Eigen::VectorXd& response) const;
  /// Coefficients that are not negative.
  [[nodiscard]] Coefficients bounded(const Eigen::VectorXd& response) const;
  /// The hat matrix's diagonal for the columns that are positive in `theta`: how much of each
  /// y_i goes into its own fit.  Its sum is the number of those columns.
  [[nodiscard]] Eigen::VectorXd leverages(const Coefficients& theta) const;

 private:
  struct Subset {
    std::vector<Eigen::Index> columns;
    Eigen::MatrixXd inverse;   ///< pseudo-inverse of the scaled columns
    Eigen::MatrixXd solution;  ///< the same, for a response that is not scaled
  };
  Eigen::MatrixXd scaled_;
  Eigen::VectorXd scale_;
  std::vector<Subset> subsets_;  ///< the last one has all columns
  bool full_rank_ = false;
};

}  // namespace scalelaw::harness
