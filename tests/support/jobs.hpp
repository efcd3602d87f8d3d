#pragma once

#include "harness/launch/job.hpp"

namespace scalelaw::harness {

/// A job of the dot product of 1000 elements with this model and placement.
inline Job job_of(const Model& model, Placement placement) {
  Point point;
  point.kernel = "dot_product";
  point.model = model;
  point.placement = placement;
  point.params = {{"length", 1000}};
  return make_job(point, {}, 7, "/bin", "r.jsonl");
}

}  // namespace scalelaw::harness
