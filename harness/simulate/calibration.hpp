#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace scalelaw::harness {

/// One message size, and its seconds: of a message one way, or of a call.
struct MessageTime {
  double bytes = 0;
  double seconds = 0;
};

/// Messages below so many bytes leave before they are received, unless a driver's `send` says
/// otherwise: SimGrid's own number.
inline constexpr double usual_eager_limit = 65536;

/// What was measured of the messages between two ranks.
struct MeasuredMessages {
  std::vector<MessageTime> ping_pong;  ///< one way
  std::vector<MessageTime> send;       ///< the call that starts a message; none: not measured
  std::vector<MessageTime> receive;    ///< the receiving of a message that is there; likewise
  double eager_limit = usual_eager_limit;
  bool eager_limit_seen = false;  ///< some messages did not leave ahead
};

/// The fewest sizes that a step is fitted to.
inline constexpr std::size_t fewest_sizes = 3;

/// How many of these sizes leave ahead.  Only they tell what a call costs.
std::size_t count_ahead(const std::vector<MessageTime>& times, double eager_limit);

/// The time of a message of m bytes, from a size on: latency_s + m / bandwidth.
struct MessageStep {
  double from_bytes = 0;
  double latency_s = 0;
  double seconds_per_byte = 0;

  [[nodiscard]] double seconds(double bytes) const { return latency_s + bytes * seconds_per_byte; }
};

/// A piecewise linear model of messages, as SimGrid's: the protocol of a library changes with the
/// size.  One way, a message below `eager_limit` takes what both calls and the network take; any
/// other one what the network takes.
struct Calibration {
  std::vector<MessageStep> steps;    ///< of the network, by size, the first from 0
  std::vector<MessageStep> send;     ///< of the call that starts a message; none: no time
  std::vector<MessageStep> receive;  ///< of receiving a message that is there; likewise
  double eager_limit = usual_eager_limit;

  [[nodiscard]] double seconds(double bytes) const;  ///< of a message one way
  /// The network that all steps are relative to: the latency of the smallest messages, and the
  /// bandwidth of the largest.
  [[nodiscard]] double latency_s() const;
  [[nodiscard]] double bandwidth_bytes_per_s() const;
  /// As [simulate] takes them: "0:1;65536:2.5".
  [[nodiscard]] std::string latency_factors() const;
  [[nodiscard]] std::string bandwidth_factors() const;
  /// As [simulate] takes them: "0:1e-6:2e-10;4095:2e-6:0"; empty: none.
  [[nodiscard]] std::string send_overhead() const;
  [[nodiscard]] std::string receive_overhead() const;
};

/// Fits as few steps as describe the times, four at most: each of three sizes or more, with least
/// squares of errors relative to the whole message, no latency or time per byte below zero, and the
/// number of steps by the Bayesian information criterion.  The calls are fitted first, to sizes that
/// leave ahead, unless these are too few; the network has what they leave of a message.  Calls that
/// were measured apart may take longer than in a ping-pong, where they overlap with the message: the
/// receiving, and then the sending, are cut so that a tenth is left.
/// Errors: throws Error for fewer than three sizes, or times that do not grow.
/// Source: Cornebize, Legrand & Heinrich, "Fast and faithful performance prediction of MPI applications:
///         the HPL case study", CLUSTER 2019; Schwarz, Ann. Statist. 6 (1978).
Calibration calibrate(MeasuredMessages measured);

}  // namespace scalelaw::harness
