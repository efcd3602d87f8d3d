#include "harness/laws/law.hpp"

#include <cmath>
#include <limits>

namespace scalelaw {
namespace {

constexpr double unbounded = std::numeric_limits<double>::infinity();

double tree_steps(const Load& load) {
  return std::ceil(std::log2(load.ranks) - 1e-9);
}

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

}  // namespace

const Law& amdahl() {
  static const Law law{"amdahl",
                       "Amdahl",
                       "T(p) = T1 (s + (1 - s)/p)",
                       false,
                       "worker counts",
                       {"one_worker_s", "serial_fraction"},
                       {unbounded, 1},
                       [](const Load& load) {
                         return std::vector{1.0, 1 / load.workers};
                       },
                       [](std::span<const double> t) {
                         return std::vector{t[0] + t[1], ratio(t[0], t[0] + t[1])};
                       }};
  return law;
}

const Law& gustafson() {
  static const Law law{"gustafson",
                       "Gustafson",
                       "S(p) = p - s (p - 1)",
                       true,
                       "worker counts",
                       {"one_worker_s", "serial_fraction"},
                       {unbounded, 1},
                       [](const Load& load) {
                         return std::vector{1.0, load.workers};
                       },
                       [](std::span<const double> t) {
                         return std::vector{1 / (t[0] + t[1]), ratio(t[0], t[0] + t[1])};
                       }};
  return law;
}

const Law& universal_scalability() {
  static const Law law{"usl",
                       "USL",
                       "S(p) = p / (1 + a (p - 1) + b p (p - 1))",
                       false,
                       "worker counts",
                       {"one_worker_s", "contention", "coherency"},
                       {unbounded, unbounded, unbounded},
                       [](const Load& load) {
                         const double p = load.workers;
                         return std::vector{1 / p, (p - 1) / p, p - 1};
                       },
                       [](std::span<const double> t) {
                         return std::vector{t[0], ratio(t[1], t[0]), ratio(t[2], t[0])};
                       }};
  return law;
}

const Law& latency_bandwidth() {
  static const Law law{"latency_bandwidth",
                       "latency/bandwidth",
                       "T(p) = T1 (s + (1 - s)/p) + d ceil(log2 ranks)",
                       false,
                       "worker counts",
                       {"one_worker_s", "serial_fraction", "step_s"},
                       {unbounded, 1, unbounded},
                       [](const Load& load) {
                         return std::vector{1.0, 1 / load.workers, tree_steps(load)};
                       },
                       [](std::span<const double> t) {
                         return std::vector{t[0] + t[1], ratio(t[0], t[0] + t[1]), t[2]};
                       }};
  return law;
}

const Law& latency_bandwidth_weak() {
  static const Law law{"latency_bandwidth",
                       "latency/bandwidth",
                       "T(p) = T1 W(p)/(p W(1)) + d ceil(log2 ranks)",
                       false,
                       "worker counts",
                       {"one_worker_s", "step_s"},
                       {unbounded, unbounded},
                       [](const Load& load) {
                         return std::vector{load.work / load.workers, tree_steps(load)};
                       },
                       [](std::span<const double> t) {
                         return std::vector{t[0], t[1]};
                       }};
  return law;
}

const Law& fixed_and_per_work() {
  static const Law law{"fixed_and_per_work",
                       "fixed + per work",
                       "T(n) = fixed + per_work n",
                       false,
                       "sizes",
                       {"fixed_s", "per_work_s"},
                       {unbounded, unbounded},
                       [](const Load& load) {
                         return std::vector{1.0, load.work};
                       },
                       [](std::span<const double> t) {
                         return std::vector{t[0], t[1]};
                       }};
  return law;
}

std::vector<const Law*> laws_for(Scaling scaling, Model model) {
  std::vector<const Law*> laws;
  if (scaling == Scaling::strong) {
    laws = {&amdahl(), &universal_scalability()};
    if (model == Model::mpi) laws.push_back(&latency_bandwidth());
  } else {
    laws = {&gustafson()};
    if (model == Model::mpi) laws.push_back(&latency_bandwidth_weak());
  }
  return laws;
}

double seconds(const Law& law, const Eigen::VectorXd& theta, const Load& load) {
  const std::vector<double> basis = law.basis(load);
  double sum = 0;
  for (std::size_t j = 0; j < basis.size(); ++j)
    sum += theta(static_cast<Eigen::Index>(j)) * basis[j];
  return law.of_rate ? load.work / sum : sum;
}

}  // namespace scalelaw
