#pragma once

#include <string>
#include <vector>

namespace scalelaw::harness {

/// One message size of a ping-pong: the seconds of a message one way.
struct MessageTime {
  double bytes = 0;
  double seconds = 0;
};

/// The time of a message of m bytes, from a size on: latency_s + m / bandwidth.
struct MessageStep {
  double from_bytes = 0;
  double latency_s = 0;
  double seconds_per_byte = 0;

  [[nodiscard]] double seconds(double bytes) const { return latency_s + bytes * seconds_per_byte; }
};

/// A piecewise linear model of messages, as SimGrid's: the protocol of a library changes with the
/// size.
struct Calibration {
  std::vector<MessageStep> steps;  ///< by size, the first from 0

  [[nodiscard]] double seconds(double bytes) const;
  /// The network that all steps are relative to: the latency of the smallest messages, and the
  /// bandwidth of the largest.
  [[nodiscard]] double latency_s() const;
  [[nodiscard]] double bandwidth_bytes_per_s() const;
  /// As [simulate] takes them: "0:1;65536:2.5".
  [[nodiscard]] std::string latency_factors() const;
  [[nodiscard]] std::string bandwidth_factors() const;
};

/// Fits as few steps as describe the times, four at most: each of three sizes or more, with least
/// squares of relative errors, no latency or time per byte below zero, and the number of steps by
/// the Bayesian information criterion.
/// Errors: throws Error for fewer than three sizes.
/// Source: Cornebize, Legrand & Heinrich, "Fast and faithful performance prediction of MPI applications:
///         the HPL case study", CLUSTER 2019; Schwarz, Ann. Statist. 6 (1978).
Calibration calibrate(std::vector<MessageTime> times);

}  // namespace scalelaw::harness
