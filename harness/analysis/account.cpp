#include "harness/analysis/account.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "harness/laws/series.hpp"
#include "harness/results/launch_samples.hpp"

namespace scalelaw::harness {
namespace {

AccountRole role_of(Role role) {
  switch (role) {
    case Role::serial:
      return AccountRole::serial;
    case Role::transfer:
      return AccountRole::transfer;
    case Role::parallel:
      break;
  }
  return AccountRole::parallel;
}

/// One rank's seconds in its phases, in their order, and outside them.
struct RankAccount {
  std::vector<double> phases_s;
  double wait_s = 0, idle_s = 0;

  [[nodiscard]] double total_s() const {
    double total = wait_s + idle_s;
    for (const double seconds : phases_s) total += seconds;
    return total;
  }
};

RankAccount account_of(const RankTimes& rank, double sample_s) {
  std::ptrdiff_t last_parallel = -1;
  for (std::size_t i = 0; i < rank.phases.size(); ++i) {
    if (rank.phases[i].role == Role::parallel) last_parallel = static_cast<std::ptrdiff_t>(i);
  }
  RankAccount out;
  double held_s = std::isnan(rank.wait_s) ? 0 : std::max(0.0, rank.wait_s);
  for (std::size_t i = 0; i < rank.phases.size(); ++i) {
    const PhaseTime& phase = rank.phases[i];
    const bool holds =
        phase.role == Role::transfer && static_cast<std::ptrdiff_t>(i) > last_parallel;
    const double waited_s = holds ? std::min(held_s, phase.seconds) : 0;
    held_s -= waited_s;
    out.wait_s += waited_s;
    out.phases_s.push_back(phase.seconds - waited_s);
  }
  out.idle_s = std::max(0.0, sample_s - out.total_s());
  return out;
}

/// The shares of one point's parts, summed over ranks.
struct Shares {
  std::vector<std::pair<PhaseTime, double>> phases;  ///< each with its share
  double wait = 0, idle = 0;
  std::int64_t ranks = 0;

  double& of(const PhaseTime& phase) {
    const auto same = [&](const auto& entry) {
      return entry.first.name == phase.name && entry.first.role == phase.role;
    };
    const auto known = std::find_if(phases.begin(), phases.end(), same);
    if (known != phases.end()) return known->second;
    return phases.emplace_back(phase, 0.0).second;
  }

  void add(const RankTimes& rank, double sample_s) {
    if (rank.phases.empty()) return;
    const RankAccount account = account_of(rank, sample_s);
    const double total_s = account.total_s();
    if (!(total_s > 0)) return;
    for (std::size_t i = 0; i < rank.phases.size(); ++i) {
      of(rank.phases[i]) += account.phases_s[i] / total_s;
    }
    wait += account.wait_s / total_s;
    idle += account.idle_s / total_s;
    ++ranks;
  }
};

void add_rows(std::int64_t point, const Shares& shares, double time_s,
              std::vector<AccountRow>& rows) {
  if (shares.ranks == 0) return;
  const double scale = time_s / static_cast<double>(shares.ranks);
  const auto add = [&](const std::string& part, AccountRole role, double share) {
    AccountRow& row = rows.emplace_back();
    row.point = point;
    row.part = part;
    row.role = role;
    row.seconds = scale * share;
  };
  for (const auto& [phase, share] : shares.phases) add(phase.name, role_of(phase.role), share);
  add("wait", AccountRole::wait, shares.wait);
  add("idle", AccountRole::idle, shares.idle);
}

}  // namespace

std::vector<AccountRow> account_of(const Results& results, const std::vector<Summary>& summaries) {
  const std::vector<std::span<const Sample>> samples = samples_by_launch(results);
  std::vector<AccountRow> rows;
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    if (!has_time(results.points[i], summaries[i])) continue;
    Shares shares;
    for (const LaunchTime& launch : summaries[i].launches) {
      for (const Sample& sample : samples[static_cast<std::size_t>(launch.launch)]) {
        if (sample.diagnostic) continue;
        for (const RankTimes& rank : sample.ranks) shares.add(rank, sample.total_s);
      }
    }
    add_rows(static_cast<std::int64_t>(i), shares, summaries[i].median_s, rows);
  }
  return rows;
}

}  // namespace scalelaw::harness
