#include "harness/laws/exchange.hpp"

#include <cmath>

#include "harness/results/ceiling.hpp"
#include "harness/results/work.hpp"

namespace scalelaw::harness {
namespace {

/// The two message sizes of one operation at one placement.
struct Sizes {
  const Summary* small = nullptr;
  const Summary* large = nullptr;
  double small_bytes = 0, large_bytes = 0;
};

Sizes measured_sizes(const Results& results, const std::vector<Summary>& summaries,
                     const Point& like, const Placement& placement, const std::string& operation) {
  Sizes sizes;
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    const Point& p = results.points[i];
    if (p.kernel != ceiling_exchange || p.model != like.model || p.placement != placement) continue;
    if (!are_comparable(p.clock, like.clock)) continue;
    if (summaries[i].launches.empty() || !p.params.is_object()) continue;
    if (p.params.value("operation", "") != operation) continue;
    const double bytes = p.params.value("bytes", 0.0);
    if (sizes.small == nullptr || bytes < sizes.small_bytes) {
      sizes.small = &summaries[i];
      sizes.small_bytes = bytes;
    }
    if (sizes.large == nullptr || bytes > sizes.large_bytes) {
      sizes.large = &summaries[i];
      sizes.large_bytes = bytes;
    }
  }
  return sizes;
}

/// Adds the bandwidth: from the difference between two message sizes, which removes the latency.
void add_bandwidth(const Sizes& sizes, double ranks, Exchange& out) {
  const double bytes = (sizes.large_bytes - sizes.small_bytes) * (ranks - 1);
  const auto bandwidth = [&](double large_s) { return bytes / (large_s - sizes.small->median_s); };
  if (!(bytes > 0) || !(sizes.large->median_s > sizes.small->median_s)) return;
  out.bandwidth_bytes_per_s = bandwidth(sizes.large->median_s);
  const auto& interval = sizes.large->interval_s;
  if (interval && interval->low > sizes.small->median_s) {
    out.bandwidth_interval = Interval{.low = bandwidth(interval->high),
                                      .high = bandwidth(interval->low),
                                      .confidence = interval->confidence};
  }
}

void add_latency(const Summary& summary, double ranks, Exchange& out) {
  const double steps = tree_steps(ranks);
  out.latency_s = summary.median_s / steps;
  if (const auto& interval = summary.interval_s) {
    out.latency_interval_s = Interval{.low = interval->low / steps,
                                      .high = interval->high / steps,
                                      .confidence = interval->confidence};
  }
}

}  // namespace

double tree_steps(double ranks) {
  return std::ceil(std::log2(ranks) - 1e-9);
}

double Exchange::seconds(double ranks, double work) const {
  if (ranks <= 1) return 0;
  const double moved_s = bytes > 0 ? bytes * work * (1 - 1 / ranks) / bandwidth_bytes_per_s : 0;
  return latency_s * tree_steps(ranks) + moved_s;
}

std::optional<double> exchanged_bytes(const Point& point) {
  switch (messages_of(point)) {
    case Messages::reduce:
      return 0;
    case Messages::scatter:
      return point.work.value("resident_bytes", 0.0);
    case Messages::other:
      break;
  }
  return std::nullopt;
}

std::optional<Exchange> measured_exchange(const Results& results,
                                          const std::vector<Summary>& summaries, const Point& point,
                                          const Placement& placement) {
  const auto bytes = exchanged_bytes(point);
  const auto ranks = static_cast<double>(placement.ranks());
  const auto sizes_of = [&](const char* operation) {
    return measured_sizes(results, summaries, point, placement, operation);
  };
  const Sizes reduce = sizes_of("allreduce");
  if (!bytes || ranks <= 1 || reduce.small == nullptr) return std::nullopt;
  Exchange out;
  out.bytes = *bytes;
  add_latency(*reduce.small, ranks, out);
  Sizes moved = sizes_of("scatter");
  if (moved.large == nullptr) moved = sizes_of("gather");
  if (moved.large != nullptr) add_bandwidth(moved, ranks, out);
  if (out.bytes > 0 && !(out.bandwidth_bytes_per_s > 0)) return std::nullopt;
  // The larger of the two parts determines the noise of the sum.
  const double latency_s = out.latency_s * tree_steps(ranks);
  const bool mostly_latency = out.seconds(ranks, 1) < 2 * latency_s;
  out.noise = log_time((mostly_latency ? reduce.small : moved.large)->repetitions_s()).noise;
  return out;
}

}  // namespace scalelaw::harness
