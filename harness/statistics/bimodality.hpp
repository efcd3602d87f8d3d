#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace scalelaw::harness {

/// The dip of a sample: the largest distance between its empirical distribution function and the
/// unimodal distribution function that fits best.  It is between 1 / (2 n) and 1/4.
/// Source: Hartigan & Hartigan, "The dip test of unimodality", Annals of Statistics 13 (1985).
/// Errors: throws Error when empty.
double dip(std::span<const double> values);

/// The probability of a dip at least as large in `n` values drawn from the uniform distribution
/// (the unimodal one with the largest dips), by simulation with a fixed seed.
double dip_p_value(double dip, std::int64_t n);

/// Two centres in a sample, and the gap between them relative to the sample's median.
struct TwoCentres {
  double low = 0;   ///< mean of the lower group
  double high = 0;  ///< mean of the higher group
  double p_value = 1;
};

/// Two centres, when the dip test rejects unimodality at level `level` and the centres are more
/// than `least_gap` of the median apart: a gap that no reader would notice needs no warning.  The
/// centres are those of the two groups with the least variance within (Fisher 1958).
std::optional<TwoCentres> find_two_centres(std::span<const double> values, double least_gap,
                                           double level = 0.01);

}  // namespace scalelaw::harness
