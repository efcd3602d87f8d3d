#include "common/cpu_list.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <set>

#include "common/error.hpp"
#include "support/message.hpp"

namespace scalelaw {
namespace {

using Cpus = std::vector<int>;

TEST(CpuList, ReadsWhatLinuxWrites) {
  EXPECT_EQ(parse_cpu_list("0-3,8,10-11"), (Cpus{0, 1, 2, 3, 8, 10, 11}));
  EXPECT_EQ(parse_cpu_list("7"), Cpus{7});
  EXPECT_EQ(parse_cpu_list("5-5"), Cpus{5});
  EXPECT_EQ(parse_cpu_list("0-1\n"), (Cpus{0, 1})) << "as a file of /sys ends";
  EXPECT_EQ(parse_cpu_list("65535"), Cpus{65535});
  for (const char* none : {"", "\n", " "}) EXPECT_EQ(parse_cpu_list(none), Cpus{});
}

TEST(CpuList, SortsAndForgetsRepetitions) {
  EXPECT_EQ(parse_cpu_list("8,0-3,2-4"), (Cpus{0, 1, 2, 3, 4, 8}));
}

TEST(CpuList, RefusesWhatIsNone) {
  for (const char* bad : {"x", "3-1", "0-", "-3", "1,,2", ",1", "1,", "1-2-3", "1 2", "0x3", "1;2",
                          "65536", "0-65536", "99999999999999999999", "1.5", "0-3,x", " 1"}) {
    EXPECT_EQ(message_of([&] { (void)parse_cpu_list(bad); }),
              "'" + std::string(bad) + "' is not a CPU list");
  }
}

TEST(CpuList, JoinsRuns) {
  EXPECT_EQ(format_cpu_list({}), "");
  EXPECT_EQ(format_cpu_list({4}), "4");
  EXPECT_EQ(format_cpu_list({11, 0, 2, 1, 3, 8, 10, 8}), "0-3,8,10-11");
}

TEST(CpuList, ComesBackAsItWas) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    std::set<int> some;
    const int most = std::uniform_int_distribution<>(0, 300)(random);
    for (int i = std::uniform_int_distribution<>(0, 80)(random); i > 0; --i) {
      some.insert(std::uniform_int_distribution<>(0, most)(random));
    }
    const Cpus cpus(some.begin(), some.end());
    EXPECT_EQ(parse_cpu_list(format_cpu_list(cpus)), cpus) << format_cpu_list(cpus);
  }
  Cpus all(4096);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(format_cpu_list(all), "0-4095");
  EXPECT_EQ(parse_cpu_list("0-4095"), all);
}

}  // namespace
}  // namespace scalelaw
