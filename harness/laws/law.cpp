#include "harness/laws/law.hpp"

#include <algorithm>

namespace scalelaw::harness {

std::vector<const Law*> all_laws() {
  std::vector<const Law*> laws;
  for (const auto law : law_list) laws.push_back(&law());
  return laws;
}

std::vector<const Law*> laws_for(Scaling scaling, const Model& model) {
  std::vector<const Law*> laws = all_laws();
  std::erase_if(laws, [&](const Law* law) { return !law->applies(scaling, model); });
  std::stable_sort(laws.begin(), laws.end(),
                   [](const Law* a, const Law* b) { return a->place < b->place; });
  return laws;
}

double seconds(const Law& law, const Coefficients& theta, const Load& load) {
  return seconds(law, theta, load, law.basis(load));
}

double seconds(const Law& law, const Coefficients& theta, const Load& load,
               std::span<const double> basis) {
  double sum = 0;
  for (std::size_t j = 0; j < basis.size(); ++j)
    sum += theta(static_cast<Eigen::Index>(j)) * basis[j];
  if (law.of_rate) return load.work / sum;
  return law.exchanges ? sum + load.exchange_s : sum;
}

}  // namespace scalelaw::harness
