#include "harness/results/launch_samples.hpp"

namespace scalelaw::harness {

std::vector<std::span<const Sample>> samples_by_launch(const Results& results) {
  const std::vector<Sample>& samples = results.samples;
  std::vector<std::span<const Sample>> of(results.launches.size());
  for (std::size_t begin = 0; begin < samples.size();) {
    std::size_t end = begin + 1;
    while (end < samples.size() && samples[end].launch == samples[begin].launch) ++end;
    of[static_cast<std::size_t>(samples[begin].launch)] = {&samples[begin], end - begin};
    begin = end;
  }
  return of;
}

}  // namespace scalelaw::harness
