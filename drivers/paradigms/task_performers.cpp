#include "drivers/paradigms/task_performers.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <thread>
#include <vector>

#include "common/range.hpp"
#include "drivers/paradigms/discard.hpp"
#include "drivers/paradigms/uncached_file.hpp"
#include "drivers/paradigms/word_client.hpp"
#include "kernels/numerics/buffer.hpp"
#include "kernels/numerics/chain.hpp"

namespace scalelaw::driver {
namespace {

using paradigms::TaskBatch;
using paradigms::TaskValues;
using paradigms::Window;

constexpr std::int64_t word_bytes = sizeof(std::uint64_t);

/// What a slow host does in addition.
std::int64_t extra(std::int64_t weight, double slowness) {
  return std::llround(static_cast<double>(weight) * (slowness - 1));
}

}  // namespace

void wait_until(const Comm& comm, double deadline_s) {
  for (double left_s = 0; (left_s = deadline_s - comm.now_s()) > 0;) {
    std::this_thread::sleep_for(std::chrono::duration<double>(left_s));
  }
}

PerformTask perform_computing(const TaskBatch& params, double slowness, TaskDealer& dealer) {
  return [values = TaskValues(params), slowness, &dealer](int thread, std::int64_t task,
                                                          std::int64_t weight) {
    const std::int64_t part = dealer.needs_attention(thread) ? 50'000 : weight;
    const auto walk = [&](std::uint64_t from, std::int64_t steps) {
      for (; steps > part; steps -= part) {
        from = Chain::walk(from, part);
        dealer.attend();
      }
      return Chain::walk(from, steps);
    };
    const std::uint64_t end = walk(values.start(task), weight);
    if (slowness > 1) discard(walk(end, extra(weight, slowness)));
    return end;
  };
}

PerformTask perform_reading_memory(const TaskBatch& params, double slowness, TaskDealer& dealer,
                                   Team& team) {
  const TaskValues values(params);
  const std::int64_t all = values.working_set_words();
  const auto words = std::make_shared<Buffer>(all * 8);
  team.run([&](int thread) {
    constexpr std::int64_t block = TaskValues::block_words;
    const Range part = split({0, all / block}, team.size(), thread);
    paradigms::fill_working_set(values, part.begin * block, part.size() * block,
                                words->as<std::uint64_t>() + part.begin * block);
  });
  return
      [values, all, words, slowness, &dealer](int thread, std::int64_t task, std::int64_t weight) {
        constexpr std::int64_t part = 32 * TaskValues::block_words;
        const bool attends = dealer.needs_attention(thread);
        const auto sum_of = [&](Window window) {
          std::uint64_t sum = 0;
          for (; attends && window.words > part; window.words -= part) {
            sum += paradigms::sum_of_window(words->as<std::uint64_t>(), all, {window.first, part});
            window.first = (window.first + part) % all;
            dealer.attend();
          }
          return sum + paradigms::sum_of_window(words->as<std::uint64_t>(), all, window);
        };
        const std::uint64_t sum = sum_of(values.window(task, weight));
        if (slowness > 1) discard(sum_of(values.window(task, extra(weight, slowness))));
        return sum;
      };
}

PerformTask perform_waiting(const TaskBatch& params, double slowness, TaskDealer& dealer,
                            const Comm& comm) {
  return [values = TaskValues(params), slowness, &dealer, &comm](int thread, std::int64_t task,
                                                                 std::int64_t weight) {
    constexpr double part_s = 1e-4;
    const double end_s = comm.now_s() + static_cast<double>(weight) * 1e-6 * slowness;
    if (dealer.needs_attention(thread)) {
      for (double now_s = 0; (now_s = comm.now_s()) < end_s - part_s;) {
        wait_until(comm, now_s + part_s);
        dealer.attend();
      }
    }
    wait_until(comm, end_s);
    return values.waited(task, weight);
  };
}

PerformTask perform_reading_file(const TaskBatch& params, TaskDealer& dealer, const Team& team) {
  const TaskValues values(params);
  const std::int64_t all = values.working_set_words();
  const auto file = std::make_shared<UncachedFile>(
      folder_for_files(params.folder), params.reading, all * word_bytes,
      [&](std::int64_t offset, std::span<std::byte> part) {
        paradigms::fill_working_set(values, offset / word_bytes,
                                    static_cast<std::int64_t>(part.size()) / word_bytes,
                                    reinterpret_cast<std::uint64_t*>(part.data()));
      });
  constexpr std::int64_t most = 128 * TaskValues::block_words;  // read at a time
  const auto buffers = std::make_shared<std::vector<Buffer>>();
  for (int thread = 0; thread < team.size(); ++thread) buffers->emplace_back(most * word_bytes);
  return [values, all, file, buffers, &dealer](int thread, std::int64_t task, std::int64_t weight) {
    const Buffer& buffer = (*buffers)[static_cast<std::size_t>(thread)];
    Window window = values.window(task, weight);
    std::uint64_t sum = 0;
    while (window.words > 0) {
      const std::int64_t n = std::min({window.words, all - window.first, most});
      file->read(window.first * word_bytes,
                 {buffer.data(), static_cast<std::size_t>(n * word_bytes)});
      sum += paradigms::sum_of_window(buffer.as<std::uint64_t>(), n, {.first = 0, .words = n});
      window = {.first = (window.first + n) % all, .words = window.words - n};
      if (dealer.needs_attention(thread)) dealer.attend();
    }
    return sum;
  };
}

PerformTask perform_asking(const TaskBatch& params, const ServerPlace& server, TaskDealer& dealer,
                           const Team& team) {
  const auto clients = std::make_shared<std::vector<WordClient>>();
  for (int thread = 0; thread < team.size(); ++thread) clients->emplace_back(server);
  return [values = TaskValues(params), clients, &dealer](int thread, std::int64_t task,
                                                         std::int64_t weight) {
    const Window window = values.window(task, weight);
    const std::function<void()> meanwhile =
        dealer.needs_attention(thread) ? [&dealer] { dealer.attend(); } : std::function<void()>();
    return (*clients)[static_cast<std::size_t>(thread)].ask({window.first, window.words},
                                                            meanwhile);
  };
}

}  // namespace scalelaw::driver
