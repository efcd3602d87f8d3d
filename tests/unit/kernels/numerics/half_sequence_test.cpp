#include "kernels/numerics/half_sequence.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "common/isa.hpp"
#include "kernels/numerics/philox.hpp"
#include "support/each_isa.hpp"
#include "support/half_value.hpp"

namespace scalelaw {
namespace {

using Words = std::array<std::uint32_t, 4>;

// Known answers of the authors' Random123 library (its file kat_vectors).
TEST(Philox, GivesTheKnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(HalfSequence, IsTheSameOneByOneAndInBlocksOnEveryInstructionSet) {
  for_each_isa([](Isa) {
    for (const std::int64_t seed : {std::int64_t{1}, std::int64_t{-7}, std::int64_t{1} << 40}) {
      for (const std::int64_t begin :
           {std::int64_t{0}, std::int64_t{5}, std::int64_t{63}, (std::int64_t{1} << 37) - 40}) {
        const HalfSequence sequence(seed, 3);
        std::vector<double> values(300, -1);
        sequence.fill(begin, begin + 299, values.data());
        for (std::int64_t i = 0; i < 299; ++i) {
          ASSERT_EQ(values[static_cast<std::size_t>(i)], half_value(seed, 3, begin + i));
        }
        EXPECT_EQ(values.back(), -1);
      }
    }
  });
}

TEST(HalfSequence, IsSpreadOverTheUnitIntervalAndDependsOnSeedAndStream) {
  constexpr int n = 1 << 16;
  std::vector<double> values(n), other_seed(n), other_stream(n);
  HalfSequence(1, 0).fill(0, n, values.data());
  HalfSequence(2, 0).fill(0, n, other_seed.data());
  HalfSequence(1, 1).fill(0, n, other_stream.data());
  double sum = 0;
  int same_seed = 0, same_stream = 0;
  for (int i = 0; i < n; ++i) {
    ASSERT_GE(values[i], 0);
    ASSERT_LT(values[i], 1);
    sum += values[i];
    same_seed += values[i] == other_seed[i];
    same_stream += values[i] == other_stream[i];
  }
  EXPECT_NEAR(sum / n, 0.5, 0.01);
  EXPECT_LT(same_seed, 5);
  EXPECT_LT(same_stream, 5);
}

}  // namespace
}  // namespace scalelaw
