#include "drivers/cli/memory_check.hpp"

#include <gtest/gtest.h>

#include "common/memory.hpp"
#include "support/message.hpp"
#include "support/pretended_comm.hpp"

namespace scalelaw::driver {
namespace {

/// Problems in multiples of the memory that is available here.
class MemoryCheck : public testing::Test {
 protected:
  void SetUp() override {
    const auto found = available_memory_bytes();
    if (!found) GTEST_SKIP() << "the system does not tell";
    available_ = static_cast<double>(*found);
  }

  /// Whether a problem of `share` times the available memory is refused on so many ranks.
  bool refuses(double share, const Options& options, int ranks, double share_per_rank = 0,
               const std::vector<std::string>& other_hosts = {}) {
    PretendedComm comm(ranks);
    comm.others = other_hosts;
    const std::string said = message_of(
        [&] { check_memory(share * available_, share_per_rank * available_, options, comm); });
    EXPECT_TRUE(said == "no error" || said.find(" available on ") != std::string::npos) << said;
    return said != "no error";
  }

  double available_ = 0;
};

// Others use this machine too: nothing here is within a fifth of the limit.

TEST_F(MemoryCheck, TakesWhatFitsAndRefusesWhatDoesNot) {
  EXPECT_FALSE(refuses(0.5, {}, 1));
  EXPECT_TRUE(refuses(1.5, {}, 1));
  EXPECT_FALSE(refuses(0, {}, 1));
}

TEST_F(MemoryCheck, CountsSharesOnceAndWholesForEveryRank) {
  Options options;
  EXPECT_FALSE(refuses(0.7, options, 4)) << "four quarters";
  EXPECT_TRUE(refuses(1.5, options, 4));
  options.distribution = Distribution::dynamic;
  EXPECT_TRUE(refuses(0.7, options, 4)) << "four wholes";
  EXPECT_FALSE(refuses(0.15, options, 4));
  options = {};
  options.data = Data::scatter;
  EXPECT_FALSE(refuses(0.4, options, 4)) << "the whole at the root, and three quarters";
  EXPECT_TRUE(refuses(0.75, options, 4));
  options = {};
  options.mode = Mode::pipeline;
  EXPECT_FALSE(refuses(100, options, 4)) << "a file at a time";
}

TEST_F(MemoryCheck, CountsWhatEveryRankNeedsBeside) {
  EXPECT_FALSE(refuses(0.1, {}, 4, 0.1));
  EXPECT_TRUE(refuses(0.1, {}, 4, 0.4));
}

TEST_F(MemoryCheck, CountsTheRanksOfThisHostAlone) {
  const std::vector<std::string> elsewhere(3, "\"elsewhere\"");
  EXPECT_FALSE(refuses(2, {}, 4, 0, elsewhere)) << "a quarter of it is here";
  EXPECT_TRUE(refuses(2, {}, 4, 0, {elsewhere.begin(), elsewhere.begin() + 1})) << "three quarters";
  EXPECT_TRUE(refuses(6, {}, 4, 0, elsewhere));
}

}  // namespace
}  // namespace scalelaw::driver
