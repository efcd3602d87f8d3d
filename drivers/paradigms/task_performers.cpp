#include "drivers/paradigms/task_performers.hpp"

#include <chrono>
#include <cmath>
#include <memory>
#include <thread>

#include "common/range.hpp"
#include "kernels/numerics/buffer.hpp"
#include "kernels/numerics/chain.hpp"

namespace scalelaw::driver {
namespace {

using paradigms::TaskBatch;
using paradigms::TaskValues;
using paradigms::Window;

/// What a slow host does in addition.
std::int64_t extra(std::int64_t weight, double slowness) {
  return std::llround(static_cast<double>(weight) * (slowness - 1));
}

/// Makes the compiler compute a value that nobody uses.
void discard(std::uint64_t value) {
  [[maybe_unused]] const volatile std::uint64_t kept = value;
}

}  // namespace

void wait_until(const Comm& comm, double deadline_s) {
  for (double left_s = 0; (left_s = deadline_s - comm.now_s()) > 0;) {
    std::this_thread::sleep_for(std::chrono::duration<double>(left_s));
  }
}

PerformTask perform_computing(const TaskBatch& params, double slowness) {
  return [values = TaskValues(params), slowness](int, std::int64_t task, std::int64_t weight) {
    const std::uint64_t end = Chain::walk(values.start(task), weight);
    if (slowness > 1) discard(Chain::walk(end, extra(weight, slowness)));
    return end;
  };
}

PerformTask perform_reading_memory(const TaskBatch& params, double slowness, Team& team) {
  const TaskValues values(params);
  const std::int64_t all = values.working_set_words();
  const auto words = std::make_shared<Buffer>(all * 8);
  team.run([&](int thread) {
    constexpr std::int64_t block = TaskValues::block_words;
    const Range part = split({0, all / block}, team.size(), thread);
    paradigms::fill_working_set(values, part.begin * block, part.size() * block,
                                words->as<std::uint64_t>() + part.begin * block);
  });
  return [values, all, words, slowness](int, std::int64_t task, std::int64_t weight) {
    const auto* const from = words->as<std::uint64_t>();
    const std::uint64_t sum = paradigms::sum_of_window(from, all, values.window(task, weight));
    if (slowness > 1) {
      discard(paradigms::sum_of_window(from, all, values.window(task, extra(weight, slowness))));
    }
    return sum;
  };
}

PerformTask perform_waiting(const TaskBatch& params, double slowness, const Comm& comm) {
  return
      [values = TaskValues(params), slowness, &comm](int, std::int64_t task, std::int64_t weight) {
        const double wait_s = static_cast<double>(weight) * 1e-6 * slowness;
        wait_until(comm, comm.now_s() + wait_s);
        return values.waited(task, weight);
      };
}

}  // namespace scalelaw::driver
