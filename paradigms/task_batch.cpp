#include "paradigms/task_batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/error.hpp"
#include "kernels/memory_read/read_path.hpp"
#include "kernels/memory_read/read_sum.hpp"
#include "kernels/numerics/chain.hpp"
#include "kernels/numerics/isa_paths.hpp"

namespace scalelaw::paradigms {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr IsaPaths<ReadPath> paths = SCALELAW_ISA_PATHS(read_path);

/// floor(total * part / whole); total <= 2^62.
std::int64_t share_of(std::int64_t total, Wide part, Wide whole) {
  return static_cast<std::int64_t>(static_cast<Wide>(total) * part / whole);
}

/// A task's weight before all are scaled: 2^32 over a random number from 1 to 2^16.
std::uint64_t power_law_weight(std::int64_t seed, std::int64_t task) {
  const std::uint64_t random = scrambled(Chain::start(seed, task)) >> 48;
  return (std::uint64_t{1} << 32) / (random + 1);
}

/// The sum of words [first, first + n) of an arithmetic progression, modulo 2^64.
std::uint64_t progression_sum(std::uint64_t start, std::int64_t first, std::int64_t n) {
  const auto count = static_cast<std::uint64_t>(n);
  const std::uint64_t pairs = count % 2 == 0 ? count / 2 * (count - 1) : (count - 1) / 2 * count;
  return count * (start + read_step * static_cast<std::uint64_t>(first)) + read_step * pairs;
}

/// Calls `visit(first, n)` for each stretch of the window that does not cross the end.
template <class F>
void for_each_stretch(const Window& window, std::int64_t of_words, F&& visit) {
  std::int64_t first = window.first;
  for (std::int64_t left = window.words; left > 0;) {
    const std::int64_t n = std::min(left, of_words - first);
    visit(first, n);
    left -= n;
    first = 0;
  }
}

bool reads(TaskKind kind) {
  return kind == TaskKind::memory || kind == TaskKind::disk || kind == TaskKind::network;
}

void check_hosts(const TaskBatch& params) {
  if (!(params.remote_speed >= 1 && params.remote_speed <= 100)) {
    throw Error(fmt::format("--remote-speed {} is outside 1 .. 100", params.remote_speed),
                "choose how many times faster the other hosts are, for instance 1.5");
  }
  const bool has_speed = !(params.kind == TaskKind::disk || params.kind == TaskKind::network);
  if (params.remote_speed != 1 && !has_speed) {
    throw Error(fmt::format("--remote-speed has no effect with --kind {}", to_string(params.kind)),
                "omit --remote-speed, or use --kind cpu, memory or wait");
  }
  const bool counts_hosts = params.handshake_ms > 0 || params.remote_speed != 1;
  if (params.ranks_per_host > 0 && !counts_hosts) {
    throw Error("--ranks-per-host has no effect without --handshake-ms or --remote-speed",
                "add one of them, or omit --ranks-per-host");
  }
}

}  // namespace

std::int64_t TaskBatch::mean_weight() const {
  if (reads(kind)) return bytes;
  return kind == TaskKind::cpu ? steps : latency_us;
}

void TaskBatch::check(const TaskBatch& params) {
  check_hosts(params);
  if (params.mean_weight() == 0 || params.tasks <= (std::int64_t{1} << 62) / params.mean_weight())
    return;
  throw Error(fmt::format("{} tasks of {} each are more than can be counted", params.tasks,
                          params.mean_weight()),
              "choose fewer or lighter tasks");
}

Work TaskBatch::work(const TaskBatch& params) {
  const double total =
      static_cast<double>(params.tasks) * static_cast<double>(params.mean_weight());
  const double words = static_cast<double>(TaskValues(params).working_set_words());
  Work work{.items = params.tasks,
            // A task of no weight is dealt all the same.
            .operations = std::max(total, static_cast<double>(params.tasks)),
            .amount = static_cast<double>(params.tasks),
            .unit = "tasks"};
  if (params.kind == TaskKind::memory) {
    work.resident_bytes = words * 8;
    work.compulsory_bytes = std::min(total, work.resident_bytes);
  }
  if (params.weights == Spread::power_law) {
    work.resident_bytes += static_cast<double>(params.tasks + 1) * 8;
  }
  return work;
}

TaskWeights::TaskWeights(const TaskBatch& params)
    : spread_(params.weights), tasks_(params.tasks), total_(params.tasks * params.mean_weight()) {
  if (spread_ == Spread::one_heavy) {
    heavy_ = static_cast<std::int64_t>(scrambled(Chain::start(params.seed, 0)) %
                                       static_cast<std::uint64_t>(tasks_));
  }
  if (spread_ != Spread::power_law) return;
  before_.reserve(static_cast<std::size_t>(tasks_) + 1);
  before_.push_back(0);
  for (std::int64_t task = 0; task < tasks_; ++task) {
    before_.push_back(before_.back() + power_law_weight(params.seed, task));
  }
}

std::int64_t TaskWeights::operator[](std::int64_t task) const {
  const auto number = static_cast<Wide>(task);
  const auto all = static_cast<Wide>(tasks_);
  const auto part = [](std::int64_t total, Wide from, Wide to, Wide whole) {
    return share_of(total, to, whole) - share_of(total, from, whole);
  };
  switch (spread_) {
    case Spread::equal:
      break;
    case Spread::linear:
      return part(total_, number * number, (number + 1) * (number + 1), all * all);
    case Spread::one_heavy: {
      if (tasks_ == 1) break;
      const std::int64_t heavy = total_ / 2;
      if (task == heavy_) return heavy;
      const Wide place = task < heavy_ ? number : number - 1;
      return part(total_ - heavy, place, place + 1, all - 1);
    }
    case Spread::power_law: {
      const auto at = static_cast<std::size_t>(task);
      return part(total_, before_[at], before_[at + 1], before_.back());
    }
  }
  return total_ / tasks_;
}

std::uint64_t TaskValues::start(std::int64_t task) const {
  return Chain::start(params_.seed, task);
}

std::int64_t TaskValues::working_set_words() const {
  constexpr std::int64_t block_bytes = block_words * 8;
  return (params_.working_set + block_bytes - 1) / block_bytes * block_words;
}

std::uint64_t TaskValues::word(std::int64_t index) const {
  const std::uint64_t first = static_cast<std::uint64_t>(params_.seed) * 0xD1342543DE82EF95;
  return first + read_step * static_cast<std::uint64_t>(index);
}

Window TaskValues::window(std::int64_t task, std::int64_t weight) const {
  const std::int64_t unit = params_.kind == TaskKind::network ? 1 : block_words;
  const auto units = static_cast<std::uint64_t>(working_set_words() / unit);
  const auto first = static_cast<std::int64_t>(scrambled(start(task)) % units);
  return {.first = first * unit, .words = (weight + unit * 8 - 1) / (unit * 8) * unit};
}

std::uint64_t TaskValues::waited(std::int64_t task, std::int64_t weight) const {
  return start(task) * (2 * static_cast<std::uint64_t>(weight) + 1);
}

std::uint64_t TaskValues::expected(std::int64_t task, std::int64_t weight) const {
  if (params_.kind == TaskKind::cpu) return Chain::jump(start(task), weight);
  if (params_.kind == TaskKind::wait) return waited(task, weight);
  std::uint64_t sum = 0;
  for_each_stretch(
      window(task, weight), working_set_words(),
      [&](std::int64_t first, std::int64_t n) { sum += progression_sum(first_word(), first, n); });
  return sum;
}

std::uint64_t sum_of_window(const std::uint64_t* words, std::int64_t of_words,
                            const Window& window) {
  std::uint64_t sum = 0;
  for_each_stretch(window, of_words, [&](std::int64_t first, std::int64_t n) {
    sum += read_sum(paths.streaming(), words + first, n);
  });
  return sum;
}

void fill_working_set(const TaskValues& values, std::int64_t first, std::int64_t n,
                      std::uint64_t* words) {
  paths.active().fill(values.first_word(), first, n, words);
}

void TaskTotals::add(std::int64_t task_weight, std::uint64_t value) {
  ++tasks;
  const auto positive = static_cast<std::uint64_t>(task_weight);
  weight += positive;
  heaviest = std::max(heaviest, positive);
  sum += value;
}

void TaskTotals::merge(const TaskTotals& other) {
  tasks += other.tasks;
  weight += other.weight;
  heaviest = std::max(heaviest, other.heaviest);
  sum += other.sum;
}

TaskTotals expected_totals(const TaskBatch& params) {
  const TaskWeights weights(params);
  const TaskValues values(params);
  TaskTotals totals;
  for (std::int64_t task = 0; task < params.tasks; ++task) {
    totals.add(weights[task], values.expected(task, weights[task]));
  }
  return totals;
}

std::vector<Fact> facts_of(const TaskTotals& totals) {
  return {{"tasks", std::to_string(totals.tasks)},
          {"weight", std::to_string(totals.weight)},
          {"heaviest", std::to_string(totals.heaviest)},
          {"sum", fmt::format("{:#018x}", totals.sum)}};
}

std::string fault_of(const TaskBatch& params, const TaskTotals& totals) {
  const TaskTotals expected = expected_totals(params);
  if (totals.tasks != expected.tasks) {
    return fmt::format("{} tasks were done, not {}", totals.tasks, expected.tasks);
  }
  if (totals.weight != expected.weight || totals.heaviest != expected.heaviest) {
    return fmt::format("the tasks weigh {} and the heaviest {}, not {} and {}", totals.weight,
                       totals.heaviest, expected.weight, expected.heaviest);
  }
  if (totals.sum == expected.sum) return {};
  return fmt::format("the tasks' values add up to {:#018x}, not {:#018x}", totals.sum,
                     expected.sum);
}

}  // namespace scalelaw::paradigms
