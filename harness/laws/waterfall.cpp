#include <algorithm>
#include <cmath>

#include "harness/laws/efficiency.hpp"
#include "harness/results/phases.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {
namespace {

/// The worker-seconds of one sample, by how they were spent.
struct Account {
  double serial = 0, busy = 0, imbalance = 0, wait = 0, transfer = 0;
};

/// The seconds of a rank's phases, by role.
struct RankPhases {
  double serial = 0, parallel = 0;
  double sent = 0;      ///< in transfer, until the rank's own items are done
  double received = 0;  ///< in transfer after these: it holds the wait of a timed sample
};

RankPhases phases_of(const RankTimes& rank) {
  const auto last_parallel =
      std::find_if(rank.phases.rbegin(), rank.phases.rend(),
                   [](const PhaseTime& phase) { return phase.role == Role::parallel; });
  RankPhases out{.serial = seconds_in(rank.phases, Role::serial),
                 .parallel = seconds_in(rank.phases, Role::parallel)};
  for (auto phase = rank.phases.begin(); phase != rank.phases.end(); ++phase) {
    if (phase->role != Role::transfer) continue;
    (phase < last_parallel.base() ? out.sent : out.received) += phase->seconds;
  }
  return out;
}

double busiest(const RankTimes& rank) {
  return rank.busy_s.empty() ? seconds_in(rank.phases, Role::parallel)
                             : *std::max_element(rank.busy_s.begin(), rank.busy_s.end());
}

Account account_of(const Sample& sample) {
  Account account;
  double most = 0;
  for (const RankTimes& rank : sample.ranks) most = std::max(most, busiest(rank));
  for (const RankTimes& rank : sample.ranks) {
    const auto threads = std::max<std::size_t>(1, rank.busy_s.size());
    const auto workers = static_cast<double>(threads);
    const RankPhases phases = phases_of(rank);
    account.serial += workers * phases.serial;
    double busy = rank.busy_s.empty() ? phases.parallel : 0;
    for (const double seconds : rank.busy_s) busy += seconds;
    account.busy += busy;
    const double wait = sample.diagnostic ? rank.wait_s : std::min(rank.wait_s, phases.received);
    const double received = sample.diagnostic ? phases.received : phases.received - wait;
    // From the end of the rank's own items to that of the slowest rank's: lighter work
    // explains as much of it as the rank had less to do, and each second is counted once.
    const double gap = std::max(0.0, phases.parallel - busiest(rank)) + wait;
    const double lighter = std::min(most - busiest(rank), gap);
    account.imbalance += workers * (busiest(rank) + lighter) - busy;
    account.wait += workers * (gap - lighter);
    account.transfer += workers * (phases.sent + received);
  }
  return account;
}

/// Medians over samples of each account; nothing when no sample has the phases of its ranks.
std::optional<Account> median_account(const std::vector<const Sample*>& samples) {
  std::array<std::vector<double>, 5> columns;
  for (const Sample* sample : samples) {
    if (sample->ranks.empty() || sample->ranks.front().phases.empty()) continue;
    const Account a = account_of(*sample);
    const std::array<double, 5> values{a.serial, a.busy, a.imbalance, a.wait, a.transfer};
    for (std::size_t i = 0; i < values.size(); ++i) columns[i].push_back(values[i]);
  }
  if (columns[0].empty()) return std::nullopt;
  return Account{.serial = median(columns[0]),
                 .busy = median(columns[1]),
                 .imbalance = median(columns[2]),
                 .wait = median(columns[3]),
                 .transfer = median(columns[4])};
}

/// The account of a point.  Waiting and transfer come from diagnostic samples where there are some,
/// because only these separate the two.  Everything else comes from the timed samples.
std::optional<Account> account(const std::vector<const Sample*>& timed,
                               const std::vector<const Sample*>& diagnostic) {
  auto out = median_account(timed);
  const auto apart = median_account(diagnostic);
  if (out && apart) {
    out->wait = apart->wait;
    out->transfer = apart->transfer;
  }
  return out;
}

}  // namespace

std::array<double, 6> parts_of(const Waterfall& w) {
  return {w.serial, w.imbalance, w.wait, w.transfer, w.memory, w.unexplained};
}

std::optional<Waterfall> waterfall(const WaterfallInput& input) {
  const auto now = account(input.timed, input.diagnostic);
  const auto one = account(input.one_timed, input.one_diagnostic);
  if (!now || !one) return std::nullopt;
  const double whole =
      input.workers * median_over_launches(input.timed, input.allocations,
                                           [](const Sample& s) { return s.total_s; });
  const auto lost = [&](double here, double there) { return (here - input.work * there) / whole; };
  Waterfall out;
  out.loss = 1 - input.efficiency;
  out.serial = lost(now->serial, one->serial);
  out.imbalance = lost(now->imbalance, one->imbalance);
  out.wait = lost(now->wait, one->wait);
  out.transfer = lost(now->transfer, one->transfer);
  if (input.bandwidth_per_worker) {
    const double slower = lost(now->busy, one->busy);
    const double expected = now->busy * (1 - std::min(1.0, *input.bandwidth_per_worker)) / whole;
    out.memory = std::clamp(expected, 0.0, std::max(0.0, slower));
  }
  out.unexplained = out.loss - out.serial - out.imbalance - out.wait - out.transfer - out.memory;
  return out;
}

}  // namespace scalelaw::harness
