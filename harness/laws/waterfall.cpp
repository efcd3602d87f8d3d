#include <algorithm>
#include <cmath>

#include "harness/laws/efficiency.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {
namespace {

/// Worker-seconds of one sample, by where they went.
struct Account {
  double serial = 0, busy = 0, imbalance = 0, wait = 0, transfer = 0;
};

double busiest(const RankTimes& rank) {
  return rank.busy_s.empty() ? rank.compute_s
                             : *std::max_element(rank.busy_s.begin(), rank.busy_s.end());
}

Account account_of(const Sample& sample) {
  Account account;
  double most = 0;
  for (const RankTimes& rank : sample.ranks) most = std::max(most, busiest(rank));
  for (const RankTimes& rank : sample.ranks) {
    const auto threads = std::max<std::size_t>(1, rank.busy_s.size());
    const auto workers = static_cast<double>(threads);
    account.serial += workers * (rank.prepare_s + rank.finish_s);
    double busy = rank.busy_s.empty() ? rank.compute_s : 0;
    for (const double seconds : rank.busy_s) busy += seconds;
    account.busy += busy;
    // A timed sample's combine begins when the rank's own compute ends, so that it holds the wait.
    const double wait = sample.diagnostic ? rank.wait_s : std::min(rank.wait_s, rank.combine_s);
    const double combine = sample.diagnostic ? rank.combine_s : rank.combine_s - wait;
    // From the end of the rank's own items to that of the slowest rank's compute: lighter work
    // explains as much of it as the rank had less to do, and each second is counted once.
    const double gap = std::max(0.0, rank.compute_s - busiest(rank)) + wait;
    const double lighter = std::min(most - busiest(rank), gap);
    account.imbalance += workers * (busiest(rank) + lighter) - busy;
    account.wait += workers * (gap - lighter);
    account.transfer += workers * (rank.distribute_s + combine);
  }
  return account;
}

/// Medians over samples of each account; nothing when no sample has ranks.
std::optional<Account> median_account(const std::vector<const Sample*>& samples) {
  std::array<std::vector<double>, 5> columns;
  for (const Sample* sample : samples) {
    if (sample->ranks.empty()) continue;
    const Account a = account_of(*sample);
    const std::array<double, 5> values{a.serial, a.busy, a.imbalance, a.wait, a.transfer};
    for (std::size_t i = 0; i < values.size(); ++i) columns[i].push_back(values[i]);
  }
  if (columns[0].empty()) return std::nullopt;
  return Account{median(columns[0]), median(columns[1]), median(columns[2]), median(columns[3]),
                 median(columns[4])};
}

/// Waiting and transfer from diagnostic samples where there are some, for only there are they told
/// apart; all else from the timed ones.
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
      input.workers * median_over_launches(input.timed, [](const Sample& s) { return s.total_s; });
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
