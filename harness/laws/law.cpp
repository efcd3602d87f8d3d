#include "harness/laws/law.hpp"

#include <limits>

#include "harness/laws/exchange.hpp"

namespace scalelaw::harness {
namespace {

constexpr double unbounded = std::numeric_limits<double>::infinity();

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

}  // namespace

const Law& amdahl() {
  static const Law law{"amdahl",
                       "Amdahl",
                       "T(p) = T1 (s + (1 - s)/p)",
                       false,
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
                       false,
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
                       "T(p) = T1 (s + (1 - s)/p) + L ceil(log2 ranks) + D (1 - 1/ranks)/B",
                       false,
                       true,
                       "worker counts",
                       {"one_worker_s", "serial_fraction"},
                       {unbounded, 1},
                       amdahl().basis,
                       amdahl().parameters};
  return law;
}

const Law& latency_bandwidth_weak() {
  static const Law law{"latency_bandwidth",
                       "latency/bandwidth",
                       "T(p) = T1 W(p)/(p W(1)) + L ceil(log2 ranks) + D(p) (1 - 1/ranks)/B",
                       false,
                       true,
                       "worker counts",
                       {"one_worker_s"},
                       {unbounded},
                       [](const Load& load) { return std::vector{load.work / load.workers}; },
                       [](std::span<const double> t) { return std::vector{t[0]}; }};
  return law;
}

const Law& combine_tree() {
  static const Law law{"combine_tree",
                       "tree of steps",
                       "T(p) = T1 (s + (1 - s)/p) + d ceil(log2 ranks)",
                       false,
                       false,
                       "worker counts",
                       {"one_worker_s", "serial_fraction", "step_s"},
                       {unbounded, 1, unbounded},
                       [](const Load& load) {
                         return std::vector{1.0, 1 / load.workers, tree_steps(load.ranks)};
                       },
                       [](std::span<const double> t) {
                         return std::vector{t[0] + t[1], ratio(t[0], t[0] + t[1]), t[2]};
                       }};
  return law;
}

const Law& combine_tree_weak() {
  static const Law law{"combine_tree",
                       "tree of steps",
                       "T(p) = T1 W(p)/(p W(1)) + d ceil(log2 ranks)",
                       false,
                       false,
                       "worker counts",
                       {"one_worker_s", "step_s"},
                       {unbounded, unbounded},
                       [](const Load& load) {
                         return std::vector{load.work / load.workers, tree_steps(load.ranks)};
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

std::vector<const Law*> laws_for(Scaling scaling, const Model& model) {
  const bool ranks = model.ranked;
  const bool only_ranks = ranks && !model.threaded && !model.device;
  std::vector<const Law*> laws;
  if (scaling == Scaling::strong) {
    laws = {&amdahl(), &universal_scalability()};
    if (ranks) laws.push_back(&latency_bandwidth());
    if (only_ranks) laws.push_back(&combine_tree());
  } else {
    laws = {&gustafson()};
    if (ranks) laws.push_back(&latency_bandwidth_weak());
    if (only_ranks) laws.push_back(&combine_tree_weak());
  }
  return laws;
}

double seconds(const Law& law, const Eigen::VectorXd& theta, const Load& load) {
  const std::vector<double> basis = law.basis(load);
  double sum = 0;
  for (std::size_t j = 0; j < basis.size(); ++j)
    sum += theta(static_cast<Eigen::Index>(j)) * basis[j];
  if (law.of_rate) return load.work / sum;
  return law.exchanges ? sum + load.exchange_s : sum;
}

}  // namespace scalelaw::harness
