// The processor's counters, with events that the kernel counts itself, so that a machine without
// such counters tests how they are opened, inherited and read.
#include "common/observation/counters.hpp"

#include <gtest/gtest.h>
#include <linux/perf_event.h>
#include <sys/resource.h>
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

double page_faults_of_children() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return static_cast<double>(used.ru_minflt + used.ru_majflt);
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
  EXPECT_GT(came, 0) << "nanoseconds";
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
  EXPECT_GT(one.cycles, 0) << "nanoseconds";
  EXPECT_NEAR(one.counted_s, one.cycles * 1e-9, 0.1 * one.counted_s);
}

// Held against page faults as the kernel sums them up of children: how many there are does not
// depend on what else the machine does.  Only those between fork and exec are not the program's.
TEST_F(CountersTest, OfProgramsCountWhatTheseStart) {
  const Counters counters = Counters::of_programs(software);
  const Counters::Reading begin = counters.read();
  const double faults_before = page_faults_of_children();
  run_program("i=0; while [ $i -lt 20 ]; do sh -c true; i=$((i + 1)); done");
  const double faults = page_faults_of_children() - faults_before;
  EXPECT_NEAR(Counters::between(begin, counters.read()).instructions, faults, 0.2 * faults);
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
