// What holds for every kernel, whatever it computes: by the list of kernels alone, so that a new
// one is tested here by existing.
#include "all_kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <regex>
#include <set>
#include <string>

#include "support/each_isa.hpp"
#include "support/small_params.hpp"
#include "support/split_passes.hpp"

namespace scalelaw {
namespace {

const std::regex snake_case("[a-z][a-z0-9]*(_[a-z0-9]+)*");

/// Some milliseconds of work, with items for several workers.
template <Kernel K>
typename K::Params some_params() {
  return small_params<K>(3e4, 6);
}

template <class K>
using Facts = std::vector<std::pair<std::string, std::string>>;

template <Kernel K>
Facts<K> facts_of(const typename K::Params& params, const typename K::Result& result) {
  Facts<K> out;
  for (const Fact& fact : K::facts(params, result)) out.emplace_back(fact.name, fact.value);
  return out;
}

/// The result of one worker that computes everything at once.
template <Kernel K>
typename K::Result whole_pass(const typename K::Params& params, Range range) {
  typename K::Storage storage = K::allocate(params, range);
  K::fill(params, storage, range);
  const typename K::Shared shared = K::prepare(params);
  typename K::Workspace workspace{};
  typename K::Partial partial{};
  K::compute(params, shared, storage, range, workspace, partial);
  return K::finish(params, std::move(partial));
}

template <Kernel K>
typename K::Result whole_pass(const typename K::Params& params) {
  return whole_pass<K>(params, {0, K::items(params)});
}

template <class Tuple>
struct TypesOf;
template <class... Types>
struct TypesOf<std::tuple<Types...>> {
  using Found = testing::Types<Types...>;
};

struct NameOfKernel {
  template <class K>
  static std::string GetName(int) {
    return std::string(K::name);
  }
};

template <class K>
class EveryKernel : public testing::Test {};
TYPED_TEST_SUITE(EveryKernel, TypesOf<AllKernels>::Found, NameOfKernel);

TYPED_TEST(EveryKernel, HasAnOptionForEachFieldAndDefaultsThatAreValid) {
  using K = TypeParam;
  EXPECT_TRUE(std::regex_match(std::string(K::name), snake_case)) << K::name;
  EXPECT_FALSE(K::summary.empty());
  EXPECT_EQ(K::summary.find('\n'), std::string_view::npos);
  const typename K::Params defaults{};
  std::set<std::string_view> names;
  bool has_size = false;
  for_each_field<typename K::Params>([&](const auto& field) {
    using T = std::remove_cvref_t<decltype(defaults.*field.member)>;
    EXPECT_TRUE(names.insert(field.name).second) << field.name << " is there twice";
    EXPECT_TRUE(std::regex_match(std::string(field.name), snake_case)) << field.name;
    EXPECT_FALSE(field.help.empty()) << field.name;
    if constexpr (std::is_same_v<T, std::int64_t>) {
      EXPECT_GE(defaults.*field.member, field.min) << field.name;
      EXPECT_LE(defaults.*field.member, field.max) << field.name;
      has_size = has_size || field.name == K::size_parameter;
    } else if constexpr (std::is_same_v<T, double>) {
      EXPECT_TRUE(std::isfinite(defaults.*field.member)) << field.name;
    } else if constexpr (EnumNames<T>) {
      const auto choices = enum_names(T{});
      EXPECT_LT(static_cast<std::size_t>(defaults.*field.member), choices.size()) << field.name;
      EXPECT_EQ(std::set<std::string_view>(choices.begin(), choices.end()).size(), choices.size());
    }
  });
  EXPECT_TRUE(has_size) << K::size_parameter << " is no count among the parameters";
  EXPECT_NO_THROW(K::check(defaults));
}

TYPED_TEST(EveryKernel, HasAWorkModelThatGrowsWithTheSize) {
  using K = TypeParam;
  double before = 0;
  for (const double operations : {1e4, 1e5, 1e6}) {
    const auto params = small_params<K>(operations, 1);
    ASSERT_NO_THROW(K::check(params));
    const Work work = K::work(params);
    EXPECT_EQ(work.items, K::items(params));
    EXPECT_GT(work.items, 0);
    EXPECT_GT(work.operations, before) << "operations must grow as the time does";
    before = work.operations;
    EXPECT_GT(work.amount, 0);
    EXPECT_FALSE(work.unit.empty());
    for (const double figure : {work.flops, work.compulsory_bytes, work.resident_bytes}) {
      EXPECT_TRUE(std::isfinite(figure) && figure >= 0) << figure;
    }
    EXPECT_TRUE(!work.memory_bound || work.compulsory_bytes > 0);
    const auto rates = enum_names(Rate{});
    for (const Demand& demand : work.demands) {
      EXPECT_EQ(std::ranges::count(rates, demand.rate), 1) << demand.rate << " is no rate";
      EXPECT_TRUE(std::isfinite(demand.amount) && demand.amount >= 0) << demand.amount;
    }
  }
}

TYPED_TEST(EveryKernel, GivesOneResultHoweverItsItemsAreSharedAndByEveryInstructionSet) {
  using K = TypeParam;
  std::mt19937_64 random(7);
  for (const auto& size : {small_params<K>(1e2, 1), some_params<K>()}) {
    for_each_variant<K>(size, [&](const typename K::Params& params) {
      select_isa(Isa::scalar);
      const auto expected = facts_of<K>(params, whole_pass<K>(params));
      std::set<std::string> names;
      for (const auto& [name, value] : expected) {
        EXPECT_TRUE(names.insert(name).second) << name << " is there twice";
        EXPECT_TRUE(std::regex_match(name, snake_case)) << name;
        EXPECT_FALSE(value.empty()) << name;
      }
      EXPECT_FALSE(expected.empty());
      for_each_isa([&](Isa) {
        for (const int parts : {1, 2, 3, 8}) {
          const auto ranks = random_split(K::items(params), parts, random);
          const auto result = pass_in_parts<K>(params, ranks, random);
          EXPECT_EQ(facts_of<K>(params, result), expected) << parts << " parts";
          EXPECT_EQ(K::verify(params, result), "") << parts << " parts";
        }
      });
    });
  }
}

TYPED_TEST(EveryKernel, MergesInAnyOrderUnlessItSaysThatOrderCounts) {
  using K = TypeParam;
  std::mt19937_64 random(11);
  const auto params = some_params<K>();
  const auto expected = facts_of<K>(params, whole_pass<K>(params));
  for (int round = 0; round < 4; ++round) {
    auto ranks = random_split(K::items(params), 5, random);
    if constexpr (K::ordered) {
      // From the left or from the right, neighbours all the same.
      EXPECT_EQ(facts_of<K>(params, pass_from_the_right<K>(params, ranks, random)), expected);
    } else {
      std::shuffle(ranks.begin(), ranks.end(), random);
      EXPECT_EQ(facts_of<K>(params, pass_in_parts<K>(params, ranks, random)), expected);
      EXPECT_EQ(facts_of<K>(params, pass_from_the_right<K>(params, ranks, random)), expected);
    }
  }
}

/// The same parameters with another seed, where there is one.
template <Kernel K>
bool with_another_seed(typename K::Params& params) {
  bool found = false;
  for_each_field<typename K::Params>([&](const auto& field) {
    using T = std::remove_cvref_t<decltype(params.*field.member)>;
    if constexpr (std::is_same_v<T, std::int64_t>) {
      if (field.name != "seed") return;
      params.*field.member += 1;
      found = true;
    }
  });
  return found;
}

TYPED_TEST(EveryKernel, RejectsTheResultOfAnotherInputAndOfItemsThatAreMissing) {
  using K = TypeParam;
  const auto params = some_params<K>();
  auto other = params;
  const bool has_seed = with_another_seed<K>(other);
  if (has_seed) {
    const auto result = whole_pass<K>(other);
    EXPECT_NE(K::verify(params, result), "");
    EXPECT_NE(facts_of<K>(other, result), facts_of<K>(params, whole_pass<K>(params)));
  }
  if constexpr (!K::ordered) {
    ASSERT_GE(K::items(params), 6);
    EXPECT_NE(K::verify(params, whole_pass<K>(params, {1, K::items(params)})), "");
  } else {
    EXPECT_TRUE(has_seed) << "nothing here makes verify() reject a result";
  }
}

TYPED_TEST(EveryKernel, HandsOutAllOfItsInputOnce) {
  using K = TypeParam;
  const auto params = some_params<K>();
  const Range all{0, K::items(params)};
  typename K::Storage whole = K::allocate(params, all);
  K::fill(params, whole, all);
  std::mt19937_64 random(13);
  const auto bytes = [](const std::vector<Piece>& pieces) {
    std::size_t sum = 0;
    for (const Piece& piece : pieces) sum += piece.size();
    return sum;
  };
  const std::size_t expected = bytes(K::pieces(params, whole, all));
  std::size_t found = 0;
  for (const Range range : random_split(all.size(), 4, random)) {
    typename K::Storage storage = K::allocate(params, range);
    K::fill(params, storage, range);
    const auto own = K::pieces(params, storage, range), of_whole = K::pieces(params, whole, range);
    ASSERT_EQ(own.size(), of_whole.size()) << "pieces depend on the range alone";
    for (std::size_t i = 0; i < own.size(); ++i) {
      EXPECT_TRUE(std::equal(own[i].begin(), own[i].end(), of_whole[i].begin(), of_whole[i].end()))
          << "the input of a range depends on seed and index alone";
    }
    found += bytes(own);
  }
  EXPECT_EQ(found, expected);
  const Work work = K::work(params);
  if (work.memory_bound) {
    EXPECT_EQ(work.compulsory_bytes, static_cast<double>(expected));
  }
}

TEST(AllKernels, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  std::apply([&](auto... kernel) { (names.insert(decltype(kernel)::name), ...); }, AllKernels{});
  EXPECT_EQ(names.size(), std::tuple_size_v<AllKernels>);
}

}  // namespace
}  // namespace scalelaw
