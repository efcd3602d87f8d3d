#include "kernels/prime_sieve/prime_sieve.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "common/error.hpp"
#include "common/isa.hpp"
#include "kernels/prime_sieve/reference.hpp"
#include "kernels/prime_sieve/work.hpp"

namespace scalelaw {
namespace {

using Params = PrimeSieve::Params;
using Result = PrimeSieve::Result;

Params interval(std::int64_t from, std::int64_t limit) {
  Params params;
  params.from = from;
  params.limit = limit;
  params.checksum = PrimeSieve::Checksum::sum;
  params.twins = true;
  return params;
}

/// The result when one thread takes `ranges` in that order.
Result run_ranges(const Params& params, const std::vector<Range>& ranges) {
  const auto shared = PrimeSieve::prepare(params);
  PrimeSieve::Workspace workspace;
  PrimeSieve::Partial partial;
  for (const Range range : ranges) {
    PrimeSieve::compute(params, shared, {}, range, workspace, partial);
  }
  return PrimeSieve::finish(params, std::move(partial));
}

Result run(const Params& params) {
  return run_ranges(params, {{0, PrimeSieve::items(params)}});
}

void expect_equal(const Result& a, const Result& b) {
  EXPECT_EQ(a.count, b.count);
  EXPECT_EQ(a.sum, b.sum);
  EXPECT_EQ(a.twins, b.twins);
}

void expect_right(const Params& params) {
  SCOPED_TRACE(testing::Message() << "from " << params.from << " to " << params.limit);
  const sieve::PlainTotals right = sieve::totals_by_plain_sieve(params.from, params.limit);
  expect_equal(run(params), {right.count, right.sum, right.twins});
}

TEST(PrimeSieve, CountsToPowersOfTen) {
  std::int64_t limit = 1;
  for (int k = 0; k <= 10; ++k, limit *= 10) {
    Params params = interval(0, limit);
    const Result result = run(params);
    EXPECT_EQ(result.count, sieve::known_count(limit)) << limit;
    EXPECT_EQ(result.twins, sieve::known_twins(limit)) << limit;
    EXPECT_EQ(result.sum, sieve::totals_by_legendre(limit).sum) << limit;
    EXPECT_EQ(PrimeSieve::verify(params, result), "");
    params.checksum = PrimeSieve::Checksum::none;
    params.twins = false;
    EXPECT_EQ(run(params).count, result.count) << limit;
  }
}

TEST(PrimeSieve, IsRightForEverySmallInterval) {
  for (std::int64_t limit = 0; limit <= 64; ++limit) {
    for (std::int64_t from = 0; from <= limit; ++from) expect_right(interval(from, limit));
  }
}

TEST(PrimeSieve, IsRightAroundSquaresOfPrimes) {
  for (const std::int64_t p : {7, 23, 29, 31, 37, 61, 67, 163, 167, 251, 1009, 4093, 5003}) {
    for (std::int64_t limit = p * p - 1; limit <= p * p + 1; ++limit) {
      expect_right(interval(0, limit));
      expect_right(interval(p * p, std::max(limit, p * p)));
    }
  }
}

TEST(PrimeSieve, IsRightAroundTheBordersOfItemsAndSegments) {
  // Small caches put many borders into few numbers; an item is 65536 bytes of 30 numbers.
  constexpr std::int64_t item = 65536 * 30;
  for (const std::int64_t border : {30 * 256L, 30 * 4096L, 30 * 49152L, item, 2 * item}) {
    for (const std::int64_t beside : {-31L, -30L, -29L, -2L, -1L, 0L, 1L, 2L, 29L, 30L, 31L}) {
      Params params = interval(0, border + beside);
      params.l1_bytes = 4096;
      params.l2_bytes = 16384;
      expect_right(params);
      params.from = border + beside;
      params.limit = params.from + item;
      expect_right(params);
    }
  }
}

TEST(PrimeSieve, DoesNotDependOnTheCacheSizes) {
  const Result right = run(interval(1'000'003, 30'000'000));
  std::mt19937_64 random(1);
  for (int i = 0; i < 12; ++i) {
    Params params = interval(1'000'003, 30'000'000);
    params.l1_bytes = 64 + static_cast<std::int64_t>(random() % 100'000);
    params.l2_bytes = 1024 + static_cast<std::int64_t>(random() % 1'000'000);
    SCOPED_TRACE(testing::Message() << params.l1_bytes << ' ' << params.l2_bytes);
    expect_equal(run(params), right);
  }
}

TEST(PrimeSieve, GivesTheSameForEveryPartition) {
  for (const Params& params : {interval(0, 40'000'000), interval(123'456'789, 163'456'789),
                               // Beyond 2^21 squared, where the bucket sieve takes part.
                               interval(10'000'000'000'000, 10'000'150'000'000)}) {
    const std::int64_t items = PrimeSieve::items(params);
    ASSERT_GE(items, 4);
    const Result right = run(params);
    std::vector<Range> ascending, descending;
    for (std::int64_t i = 0; i < items; ++i) ascending.push_back({i, i + 1});
    descending.assign(ascending.rbegin(), ascending.rend());
    expect_equal(run_ranges(params, ascending), right);
    expect_equal(run_ranges(params, descending), right);
    std::vector<Range> pieces{{items / 2, items}, {0, 1}, {1, 1}, {1, items / 2}};
    expect_equal(run_ranges(params, pieces), right);
  }
}

TEST(PrimeSieve, ForgetsLargePrimesOnlyBeyondTheLastSegment) {
  // With segments of 16 KiB, ends on both sides of a border between segments: a prime whose next
  // multiple is in the last segment must come back, one whose next multiple lies behind may not.
  constexpr std::int64_t segment = 30 * 16384;
  constexpr std::int64_t from = 30 * (10'000'000'000'000 / 30);
  for (const std::int64_t length : {segment, 3 * segment, 40 * segment}) {
    for (const std::int64_t beside : {-1L, 0L, 29L, 30L, 31L}) {
      Params params = interval(from, from + length + beside);
      params.l2_bytes = 16384;
      EXPECT_EQ(PrimeSieve::verify(params, run(params)), "") << length << " and " << beside;
    }
  }
}

TEST(PrimeSieve, ASecondThreadHasAShareNearTheLargestLimit) {
  Params params = interval(PrimeSieve::largest_limit - 1'000'000'000, PrimeSieve::largest_limit);
  EXPECT_GE(PrimeSieve::items(params), 2);
}

TEST(PrimeSieve, MergesPartialsOfDifferentThreads) {
  const Params params = interval(0, 20'000'000);
  const auto shared = PrimeSieve::prepare(params);
  PrimeSieve::Partial merged;
  for (std::int64_t i = PrimeSieve::items(params) - 1; i >= 0; --i) {
    PrimeSieve::Workspace workspace;
    PrimeSieve::Partial partial;
    PrimeSieve::compute(params, shared, {}, {i, i + 1}, workspace, partial);
    PrimeSieve::merge(merged, std::move(partial));
  }
  expect_equal(PrimeSieve::finish(params, std::move(merged)), run(params));
}

TEST(PrimeSieve, AWorkspaceServesOtherParameters) {
  PrimeSieve::Workspace workspace;
  for (const std::int64_t limit : {5'000'000, 100, 3'000'000, 5'000'000}) {
    const Params params = interval(0, limit);
    PrimeSieve::Partial partial;
    PrimeSieve::compute(params, PrimeSieve::prepare(params), {}, {0, PrimeSieve::items(params)},
                        workspace, partial);
    expect_equal(PrimeSieve::finish(params, std::move(partial)), run(params));
  }
}

TEST(PrimeSieve, GivesTheSameOnEveryInstructionSet) {
  const Isa before = active_isa();
  for (const Params& params : {interval(0, 5'000'000), interval(999, 50'000'000),
                               interval(10'000'000'000'000, 10'000'010'000'000)}) {
    select_isa(Isa::scalar);
    const Result right = run(params);
    for (const Isa isa : {Isa::neon, Isa::avx2, Isa::avx512}) {
      if (!supported(isa)) continue;
      select_isa(isa);
      expect_equal(run(params), right);
    }
  }
  select_isa(before);
}

TEST(PrimeSieve, RefusesAnEmptyInterval) {
  EXPECT_THROW(PrimeSieve::check(interval(11, 10)), Error);
  EXPECT_NO_THROW(PrimeSieve::check(interval(10, 10)));
}

TEST(PrimeSieve, StatesFactsForWhatWasAsked) {
  Params params = interval(0, 100);
  EXPECT_EQ(PrimeSieve::facts(params, run(params)).size(), 3);
  params.twins = false;
  params.checksum = PrimeSieve::Checksum::none;
  const auto facts = PrimeSieve::facts(params, run(params));
  ASSERT_EQ(facts.size(), 1);
  EXPECT_EQ(facts[0].name, "count");
  EXPECT_EQ(facts[0].value, "25");
}

TEST(PrimeSieve, WorkGrowsFasterThanTheInterval) {
  const double small = PrimeSieve::work(interval(0, 1'000'000'000)).operations;
  const double large = PrimeSieve::work(interval(0, 10'000'000'000)).operations;
  EXPECT_GT(large, 11 * small);
  EXPECT_LT(large, 14 * small);
}

TEST(PrimeSieve, WorkOfAdjoiningIntervalsAddsUp) {
  const double whole = sieve::sieving_work(0, 10'000'000'000);
  const double half = sieve::sieving_work(0, 5'000'000'000);
  const double rest = sieve::sieving_work(5'000'000'001, 10'000'000'000);
  EXPECT_NEAR(half + rest, whole, 0.005 * whole);
  EXPECT_GT(rest, 1.05 * half);
}

TEST(PrimeSieve, IntervalsAreDividedByWork) {
  constexpr std::int64_t limit = 10'000'000'000;
  EXPECT_EQ(sieve::interval_with_work(0, 0, limit), 0);
  EXPECT_NEAR(sieve::interval_with_work(1, 0, limit), 1, 1e-12);
  const double half = sieve::interval_with_work(0.5, 0, limit);
  const double work = sieve::sieving_work(0, static_cast<std::int64_t>(half * limit));
  EXPECT_NEAR(work, sieve::sieving_work(0, limit) / 2, 0.02 * work);
  EXPECT_NEAR(sieve::interval_with_work(0.5, 100'000'000 * limit, 100'000'000 * limit + limit), 0.5,
              1e-6);
}

TEST(PrimeSieve, ItemsAreWholeAndDoNotDependOnTheMachine) {
  for (const std::int64_t limit : {0L, 1L, 1'000'000L, 1'000'000'000L, 1'000'000'000'000L}) {
    Params params = interval(0, limit);
    const std::int64_t items = PrimeSieve::items(params);
    EXPECT_GE(items, 1);
    params.l1_bytes = 12345;
    params.l2_bytes = 123456;
    EXPECT_EQ(PrimeSieve::items(params), items);
  }
}

TEST(PrimeSieve, RefusesCachesBelowThoseThatItsHelpNames) {
  EXPECT_NO_THROW(PrimeSieve::check({.l1_bytes = 4 << 10, .l2_bytes = 16 << 10}));
  EXPECT_THROW(PrimeSieve::check({.l1_bytes = (4 << 10) - 1}), Error);
  EXPECT_THROW(PrimeSieve::check({.l2_bytes = (16 << 10) - 1}), Error);
}

/// What a verdict is when one of the numbers is off by one, or the sum by two.
std::string verdict(const Params& params, Result result, std::int64_t Result::*number) {
  result.*number += 1;
  return PrimeSieve::verify(params, result);
}
std::string verdict_on_sum(const Params& params, Result result) {
  result.sum += 2;
  return PrimeSieve::verify(params, result);
}

TEST(PrimeSieveVerify, SeesEveryErrorWhereThePlainSieveJudges) {
  for (const Params& params : {interval(0, 1'000'000), interval(7, 30'000'001),
                               interval(1'000'000'000'000'000, 1'000'000'010'000'000)}) {
    const Result result = run(params);
    EXPECT_EQ(PrimeSieve::verify(params, result), "") << params.limit;
    EXPECT_NE(verdict(params, result, &Result::count), "") << params.limit;
    EXPECT_NE(verdict(params, result, &Result::twins), "") << params.limit;
    EXPECT_NE(verdict_on_sum(params, result), "") << params.limit;
  }
}

TEST(PrimeSieveVerify, SeesWrongCountsAndSumsWhereLegendreJudges) {
  for (const Params& params : {interval(0, 10'000'000'000), interval(7, 3'000'000'001),
                               interval(1'000'000'000'000, 1'000'300'000'000)}) {
    const auto all = sieve::totals_by_legendre(params.limit);
    const auto below = sieve::totals_by_legendre(std::max<std::int64_t>(params.from - 1, 0));
    const Result result{all.count - below.count, all.sum - below.sum,
                        params.from == 0 ? *sieve::known_twins(params.limit) : 0};
    EXPECT_EQ(PrimeSieve::verify(params, result), "") << params.limit;
    EXPECT_NE(verdict(params, result, &Result::count), "") << params.limit;
    EXPECT_NE(verdict_on_sum(params, result), "") << params.limit;
  }
}

TEST(PrimeSieveVerify, HoldsPowersOfTenAgainstTables) {
  const Params params = interval(0, 100'000'000'000'000);
  const Result result{*sieve::known_count(params.limit), 0, *sieve::known_twins(params.limit)};
  EXPECT_EQ(PrimeSieve::verify(params, result), "");
  EXPECT_NE(verdict(params, result, &Result::count), "");
  EXPECT_NE(verdict(params, result, &Result::twins), "");
}

TEST(PrimeSieveVerify, HoldsTheLongestIntervalsAgainstBounds) {
  const Params params = interval(3, 99'999'999'999'999);
  Result result{3'204'941'750'802 - 1, 0, 0};
  EXPECT_EQ(PrimeSieve::verify(params, result), "");
  result.count += 10'000'000;
  EXPECT_NE(PrimeSieve::verify(params, result), "");
}

}  // namespace
}  // namespace scalelaw
