#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/field.hpp"
#include "kernels/kernel.hpp"

namespace scalelaw::paradigms {

/// What a task does with its weight.
enum class TaskKind {
  cpu,     ///< takes so many steps of a chain
  memory,  ///< reads so many bytes of memory
  wait,    ///< waits so many microseconds, as for a device
  disk,    ///< reads so many bytes of a file
  network  ///< asks a server for so many bytes
};
constexpr auto enum_names(TaskKind) {
  return std::array<std::string_view, 5>{"cpu", "memory", "wait", "disk", "network"};
}

/// How the weight of all tasks together is spread over them.
enum class Spread { equal, linear, one_heavy, power_law };
constexpr auto enum_names(Spread) {
  return std::array<std::string_view, 4>{"equal", "linear", "one_heavy", "power_law"};
}

/// How the tasks that read a file pass the page cache.
enum class Reading {
  direct,  ///< O_DIRECT
  dropped  ///< posix_fadvise: each task drops from the cache what it has read
};
constexpr auto enum_names(Reading) {
  return std::array<std::string_view, 2>{"direct", "dropped"};
}

/// The parameters of the kernel `task_batch` (docs/kernels/task_batch.md).
struct TaskBatch {
  static constexpr std::string_view name = "task_batch";
  static constexpr std::string_view summary =
      "independent tasks that compute, read or wait, dealt in chunks";
  static constexpr std::string_view size_parameter = "tasks";

  std::int64_t tasks = 1000;
  TaskKind kind = TaskKind::cpu;
  Spread weights = Spread::equal;
  std::int64_t steps = 100'000;
  std::int64_t bytes = std::int64_t{1} << 20;
  std::int64_t latency_us = 1000;
  std::int64_t working_set = std::int64_t{1} << 24;
  std::int64_t chunk = 1;
  Reading reading = Reading::direct;
  std::string folder{};
  std::int64_t handshake_ms = 0;
  double remote_speed = 1;
  std::int64_t ranks_per_host = 0;
  std::int64_t seed = 1;

  static constexpr auto fields() {
    using P = TaskBatch;
    constexpr std::int64_t many = 1'000'000'000;
    return std::tuple{
        Field<P, std::int64_t>{"tasks", &P::tasks, "number of tasks", 1, many},
        Field<P, TaskKind>{"kind", &P::kind, "what a task does"},
        Field<P, Spread>{"weights", &P::weights, "how the work is spread over the tasks"},
        Field<P, std::int64_t>{"steps", &P::steps, "steps of a cpu task, on average", 0, many},
        Field<P, std::int64_t>{"bytes", &P::bytes,
                               "bytes that a memory, disk or network task reads, on average", 0,
                               many},
        Field<P, std::int64_t>{"latency_us", &P::latency_us,
                               "microseconds that a wait task waits on average, and the server of "
                               "network tasks before each answer",
                               0, many},
        Field<P, std::int64_t>{"working_set", &P::working_set,
                               "bytes that memory, disk and network tasks read from, rounded up to "
                               "8 KiB",
                               1, std::int64_t{1} << 50},
        Field<P, std::int64_t>{"chunk", &P::chunk,
                               "tasks that a worker takes at a time; 0: one chunk a worker, dealt "
                               "in advance",
                               0, many},
        Field<P, Reading>{"reading", &P::reading, "how disk tasks pass the page cache"},
        Field<P, std::string>{"folder", &P::folder,
                              "where disk tasks have their file; empty: $TMPDIR or /var/tmp"},
        Field<P, std::int64_t>{"handshake_ms", &P::handshake_ms,
                               "milliseconds that each host but the first needs before its first "
                               "task, in each pass",
                               0, 3'600'000},
        Field<P, double>{"remote_speed", &P::remote_speed,
                         "how many times faster hosts other than the first are, from 1 to 100"},
        Field<P, std::int64_t>{"ranks_per_host", &P::ranks_per_host,
                               "ranks that handshake_ms and remote_speed count as a host; 0: those "
                               "of a real host",
                               0, many},
        Field<P, std::int64_t>{"seed", &P::seed, "seed of the weights and the values"}};
  }

  /// Errors: throws Error when the parameters contradict each other, or the work is too large.
  static void check(const TaskBatch& params);
  static Work work(const TaskBatch& params);
  /// The mean weight of a task: steps, bytes or microseconds.
  [[nodiscard]] std::int64_t mean_weight() const;
};

/// The weight of each task.  All of them add up to tasks x mean, whatever their spread.
///
/// equal:     all weigh the same.
/// linear:    task i weighs in proportion to 2 i + 1, so the last one nearly twice the mean.
/// one_heavy: one task, chosen by the seed, weighs as much as all others together.
/// power_law: the share of tasks heavier than x falls as 1 / x, over four powers of ten.
/// Threads: pure once made.
class TaskWeights {
 public:
  explicit TaskWeights(const TaskBatch& params);

  [[nodiscard]] std::int64_t operator[](std::int64_t task) const;

 private:
  Spread spread_;
  std::int64_t tasks_;
  std::int64_t total_;
  std::int64_t heavy_ = 0;
  std::vector<std::uint64_t> before_;  ///< power_law: what the first tasks weigh, unscaled
};

/// What a task reads: consecutive words of the working set, from its begin again after its end.
struct Window {
  std::int64_t first = 0;  ///< word
  std::int64_t words = 0;
};

/// The tasks of a batch, as numbers.
/// Threads: pure.
class TaskValues {
 public:
  explicit TaskValues(const TaskBatch& params) : params_(params) {}

  /// Where a cpu task's chain starts.
  [[nodiscard]] std::uint64_t start(std::int64_t task) const;
  /// What a task that weighs `weight` bytes reads.  Of memory and files it reads blocks of
  /// `block_words`, from a server words.
  [[nodiscard]] Window window(std::int64_t task, std::int64_t weight) const;
  /// The words of the working set.
  [[nodiscard]] std::int64_t working_set_words() const;
  /// Word `index` of the working set.
  [[nodiscard]] std::uint64_t word(std::int64_t index) const;
  /// The first word; a word is `read_step` (kernels/memory_read) more than the one before.
  [[nodiscard]] std::uint64_t first_word() const { return word(0); }

  /// The value of a task that waits.
  [[nodiscard]] std::uint64_t waited(std::int64_t task, std::int64_t weight) const;
  /// The value that a task is to have: known without doing it.
  [[nodiscard]] std::uint64_t expected(std::int64_t task, std::int64_t weight) const;

  static constexpr std::int64_t block_words = 1024;

 private:
  TaskBatch params_;
};

/// The sum of a window's words modulo 2^64, read from `words`, the whole working set.
/// `window` consists of blocks.
std::uint64_t sum_of_window(const std::uint64_t* words, std::int64_t of_words,
                            const Window& window);

/// Generates `n` words from word `first` on; both are multiples of 8.
void fill_working_set(const TaskValues& values, std::int64_t first, std::int64_t n,
                      std::uint64_t* words);

/// What tasks that are done add up to.
struct TaskTotals {
  std::int64_t tasks = 0;
  std::uint64_t weight = 0;
  std::uint64_t heaviest = 0;
  std::uint64_t sum = 0;  ///< of their values, modulo 2^64

  void add(std::int64_t task_weight, std::uint64_t value);
  void merge(const TaskTotals& other);
};

/// What all tasks of a batch are to add up to.
TaskTotals expected_totals(const TaskBatch& params);

std::vector<Fact> facts_of(const TaskTotals& totals);

/// Empty when the totals are right, else what is wrong.
std::string fault_of(const TaskBatch& params, const TaskTotals& totals);

}  // namespace scalelaw::paradigms
