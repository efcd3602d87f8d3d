#include "harness/process/process_table.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace scalelaw::harness {
namespace {

TEST(ProcessTable, HasThisProcessWithItsEnvironment) {
  const auto all = all_processes();
  const auto self = std::find_if(all.begin(), all.end(),
                                 [](const ProcessEntry& entry) { return entry.pid == getpid(); });
  ASSERT_NE(self, all.end());
  EXPECT_EQ(self->parent, getppid());
  EXPECT_EQ(self->start_ticks, start_ticks(getpid()));
  EXPECT_NE(environment_of(getpid(), "PATH"), "");
  EXPECT_EQ(environment_of(getpid(), "NO_SUCH_VARIABLE"), "");
}

/// Between opening a file of /proc and reading it, its process may end.
TEST(ProcessTable, IsReadWhileProcessesEnd) {
  std::atomic<bool> stop{false};
  std::thread others([&] {
    while (!stop) {
      const pid_t child = fork();
      if (child == 0) _exit(0);
      if (child > 0) waitpid(child, nullptr, 0);
    }
  });
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  std::size_t looks = 0;
  EXPECT_NO_THROW(while (std::chrono::steady_clock::now() < end) {
    for (const ProcessEntry& entry : all_processes()) {
      (void)environment_of(entry.pid, "PATH");
      ++looks;
    }
  });
  stop = true;
  others.join();
  EXPECT_GT(looks, 0U);
}

}  // namespace
}  // namespace scalelaw::harness
