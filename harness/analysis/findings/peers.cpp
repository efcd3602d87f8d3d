#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

/// Each peer's point with the fastest of ours that it is compared with.
std::vector<const PeerRatio*> against_our_best(const Report& report) {
  std::map<std::int64_t, const PeerRatio*> best;
  for (const PeerRatio& one : report.peers) {
    const auto [entry, is_new] = best.try_emplace(one.peer, &one);
    if (is_new) continue;
    const auto median_s = [&](const PeerRatio* of) { return report.summary(of->ours).median_s; };
    if (median_s(&one) < median_s(entry->second)) entry->second = &one;
  }
  std::vector<const PeerRatio*> out;
  for (const auto& [peer, ratio] : best) out.push_back(ratio);
  return out;
}

bool is_certain(const PeerRatio& one) {
  return one.ratio.interval && one.ratio.interval->low > 1;
}

}  // namespace

std::vector<Draft> faster_peers(const Report& report) {
  const std::vector<const PeerRatio*> all = against_our_best(report);
  const PeerRatio* fastest = nullptr;
  std::size_t faster = 0;
  for (const PeerRatio* one : all) {
    if (!is_certain(*one)) continue;
    ++faster;
    if (fastest == nullptr || one->ratio.value > fastest->ratio.value) fastest = one;
  }
  if (fastest == nullptr) return {};
  const Point &peer = report.point(fastest->peer), &ours = report.point(fastest->ours);
  const Bracketed ratio = bracketed(fastest->ratio);
  Draft out = finding(
      FindingKind::peer,
      fmt::format("A peer is faster in {} of {}: {} ({}) is {} times as fast as our best, {}, on "
                  "{} with {}.",
                  faster, counted(all.size(), "comparison"), peer.implementation,
                  placement_label(peer.placement), shown(ratio), way_label(ours),
                  work_name(case_groups(report), ours),
                  counted(static_cast<std::size_t>(peer.placement.workers()), "worker")),
      ratio, {},
      {{"peer", report.numbers(fastest->peer).marks},
       {"ours", report.numbers(fastest->ours).marks}});
  out.finding.point = fastest->peer;
  out.finding.series = peer.series;
  return {out};
}

}  // namespace scalelaw::harness
