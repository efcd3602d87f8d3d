#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {

std::vector<Finding> faster_peers(const Report& report) {
  const PeerRatio* fastest = nullptr;
  std::size_t faster = 0;
  for (const PeerRatio& peer : report.peers) {
    const double certain = peer.ratio.interval ? peer.ratio.interval->low : 0;
    if (certain <= 1) continue;
    ++faster;
    if (fastest == nullptr || peer.ratio.value > fastest->ratio.value) fastest = &peer;
  }
  if (fastest == nullptr) return {};
  const Point& peer = report.results->points[static_cast<std::size_t>(fastest->peer)];
  const Bracketed ratio = bracketed(fastest->ratio);
  Finding out = finding(
      FindingKind::peer,
      fmt::format("A peer is faster in {} of {}: {} is {} times as fast as ours on {} ({}).",
                  faster, counted(report.peers.size(), "comparison"), peer.implementation,
                  shown(ratio), scaled_label(peer), placement_label(peer.placement)),
      ratio);
  out.point = fastest->peer;
  out.series = peer.series;
  return {out};
}

}  // namespace scalelaw::harness
