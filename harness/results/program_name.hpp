#pragma once

#include <string>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

// Programs are drivers by their names: scalelaw-MODEL, and scalelaw-peer-NAME for a peer.

/// The name of a model's driver, and of a peer's.
std::string model_program(const std::string& model);
std::string peer_program(const std::string& peer);
/// The name of the program that runs a point.
std::string driver_program(const Point& point);

}  // namespace scalelaw::harness
