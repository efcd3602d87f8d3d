// The processor's counters, with events that the kernel counts itself, so that a machine without
// such counters tests how they are opened, inherited and read.
#include "common/observation/counters.hpp"

#include <gtest/gtest.h>
#include <linux/perf_event.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <optional>
#include <thread>

#include "common/error.hpp"

namespace scalelaw {
namespace {

/// Nanoseconds of a thread in place of cycles, page faults in place of instructions.
constexpr CounterEvents software{PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK,
                                 PERF_COUNT_SW_PAGE_FAULTS};

/// Work that takes some milliseconds.
void compute() {
  volatile double sum = 0;
  for (int i = 0; i < 3'000'000; ++i) sum = sum + i;
}

void run_program(const char* program) {
  const pid_t child = fork();
  if (child == 0) {
    execl("/bin/sh", "sh", "-c", program, static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

class CountersTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      (void)Counters::of_thread(gettid(), software);
    } catch (const Error& error) {
      GTEST_SKIP() << "counters cannot be opened here: " << error.what();
    }
  }
};

TEST_F(CountersTest, OfAThreadCountItAlone) {
  std::atomic<pid_t> number = 0;
  std::atomic<int> turn = 0;
  std::thread other([&] {
    number = gettid();
    while (turn == 0) std::this_thread::yield();
    compute();
    turn = 2;
    while (turn == 2) std::this_thread::yield();
  });
  while (number == 0) std::this_thread::yield();
  const Counters mine = Counters::of_thread(gettid(), software);
  const Counters theirs = Counters::of_thread(number, software);
  const Counters::Reading my_begin = mine.read(), begin = theirs.read();
  turn = 1;
  while (turn != 2) std::this_thread::yield();
  const double came = Counters::between(begin, theirs.read()).cycles;
  turn = 3;
  other.join();
  EXPECT_GT(came, 1e5) << "nanoseconds";
  const Counters::Difference my_own = Counters::between(my_begin, mine.read());
  EXPECT_NEAR(my_own.counted_s * 1e9, my_own.cycles, 0.1 * my_own.cycles)
      << "the seconds are those of the thread";
}

TEST_F(CountersTest, OfProgramsCountThoseThatAreStartedAndNotThisOne) {
  const Counters counters = Counters::of_programs(software);
  const Counters::Reading begin = counters.read();
  const auto so_far = [&] { return Counters::between(begin, counters.read()); };
  compute();
  EXPECT_EQ(so_far().cycles, 0);
  EXPECT_EQ(so_far().counted_s, 0);
  run_program("i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done");
  const Counters::Difference one = so_far();
  EXPECT_GT(one.cycles, 1e6) << "nanoseconds";
  EXPECT_GT(one.instructions, 10) << "page faults";
  EXPECT_NEAR(one.counted_s, one.cycles * 1e-9, 0.1 * one.counted_s);
  run_program("sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done'; true");
  EXPECT_GT(so_far().cycles, 1.3 * one.cycles) << "and what these start";
}

TEST(Counters, AreHeldAgainstTheTimeCountedInTheSpanAlone) {
  const auto reading = [](Counters::Count cycles, Counters::Count instructions) {
    return Counters::Reading{.cycles = cycles, .instructions = instructions};
  };
  // Counted for a quarter of the time before the span, and for half of it in the span.
  const auto begin = reading({1000, 4000, 1000}, {500, 4000, 4000});
  const auto end = reading({1500, 5000, 1500}, {700, 5000, 4000});
  const Counters::Difference came = Counters::between(begin, end);
  EXPECT_DOUBLE_EQ(came.cycles, 1000);
  EXPECT_TRUE(std::isnan(came.instructions)) << "others had the counter all the time";
  EXPECT_DOUBLE_EQ(came.counted_s, 1e-6);
  EXPECT_EQ(Counters::between(begin, begin).cycles, 0) << "the thread did not run";
  const Counters::Difference unread = Counters::between(begin, {});
  EXPECT_TRUE(std::isnan(unread.cycles) && std::isnan(unread.counted_s));
}

TEST(Counters, SayThatTheMachineHasNone) {
  try {
    (void)Counters::of_thread(gettid(), {.type = 0x7fffffff, .cycles = 0, .instructions = 0});
    FAIL() << "there is no such kind of event";
  } catch (const Error& error) {
    EXPECT_FALSE(std::string(error.what()).empty());
    EXPECT_FALSE(error.hint().empty());
  }
}

}  // namespace
}  // namespace scalelaw
