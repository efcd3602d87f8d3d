#include "harness/results/program_name.hpp"

namespace scalelaw::harness {

std::string model_program(const std::string& model) {
  return "scalelaw-" + model;
}

std::string peer_program(const std::string& peer) {
  return "scalelaw-peer-" + peer;
}

std::string driver_program(const Point& point) {
  return point.implementation == own_implementation ? model_program(point.model.name)
                                                    : peer_program(point.implementation);
}

}  // namespace scalelaw::harness
