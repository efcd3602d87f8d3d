#include "harness/laws/bounded_least_squares.hpp"

#include <limits>

namespace scalelaw::harness {
namespace {

constexpr double as_good = 1e-12;  // sums of squares of relative errors: closer is rounding

}  // namespace

BoundedLeastSquares::BoundedLeastSquares(const Eigen::MatrixXd& basis, const Eigen::VectorXd& scale)
    : scaled_(scale.cwiseInverse().asDiagonal() * basis), scale_(scale) {
  const Eigen::Index q = basis.cols();
  for (unsigned set = 1; set < (1U << q); ++set) {
    Subset subset;
    for (Eigen::Index j = 0; j < q; ++j) {
      if (set >> j & 1U) subset.columns.push_back(j);
    }
    const Eigen::MatrixXd columns = scaled_(Eigen::all, subset.columns);
    const auto decomposition = columns.completeOrthogonalDecomposition();
    if (decomposition.rank() < columns.cols()) continue;
    subset.inverse = decomposition.pseudoInverse();
    subset.solution = subset.inverse * scale.cwiseInverse().asDiagonal();
    subsets_.push_back(std::move(subset));
  }
  full_rank_ = !subsets_.empty() && subsets_.back().columns.size() == static_cast<std::size_t>(q);
}

// Lazy products: for matrices as small as these, preparing others takes longer than they do.

Coefficients BoundedLeastSquares::unbounded(const Eigen::VectorXd& response) const {
  return subsets_.back().solution.lazyProduct(response);
}

Coefficients BoundedLeastSquares::bounded(const Eigen::VectorXd& response) const {
  if (full_rank_) {  // unbounded and feasible: the least of all
    Coefficients all = unbounded(response);
    if (!(all.minCoeff() < 0)) return all;
  }
  Coefficients best = Coefficients::Zero(scaled_.cols());
  double least = std::numeric_limits<double>::infinity();
  for (auto subset = subsets_.rbegin(); subset != subsets_.rend(); ++subset) {
    const Coefficients part = subset->solution.lazyProduct(response);
    if (part.minCoeff() < 0) continue;
    Coefficients theta = Coefficients::Zero(scaled_.cols());
    theta(subset->columns) = part;
    const double squares =
        (response.cwiseQuotient(scale_) - scaled_.lazyProduct(theta)).squaredNorm();
    if (squares >= least - as_good) continue;
    least = squares;
    best = theta;
  }
  return best;
}

Eigen::VectorXd BoundedLeastSquares::leverages(const Coefficients& theta) const {
  std::vector<Eigen::Index> positive;
  for (Eigen::Index j = 0; j < theta.size(); ++j) {
    if (theta(j) > 0) positive.push_back(j);
  }
  for (const Subset& subset : subsets_) {
    if (subset.columns != positive) continue;
    return (scaled_(Eigen::all, subset.columns) * subset.inverse).diagonal();
  }
  return Eigen::VectorXd::Zero(scaled_.rows());
}

}  // namespace scalelaw::harness
