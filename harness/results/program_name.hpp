#pragma once

#include <string>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

// Programs are drivers by their names: scalelaw-MODEL, and scalelaw-peer-NAME for a peer.

/// The program that speaks the contract for commands of a config (docs/measuring-a-command.md): a
/// driver of no model.
constexpr const char* command_adapter = "scalelaw-command";

/// The name of a model's driver, and of a peer's.
std::string model_program(const std::string& model);
std::string peer_program(const std::string& peer);
/// The name of the program that runs a point of our own drivers or of a peer's.
std::string driver_program(const Point& point);

}  // namespace scalelaw::harness
