#include "kernels/dot_product/dot_product.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "support/each_isa.hpp"
#include "support/split_passes.hpp"

namespace scalelaw {
namespace {

using Params = DotProduct::Params;
using Accuracy = DotProduct::Accuracy;

template <class T>
void copy_into(const std::vector<Piece>& pieces, const std::vector<T>& x, const std::vector<T>& y) {
  std::memcpy(pieces.at(0).data(), x.data(), pieces[0].size());
  std::memcpy(pieces.at(1).data(), y.data(), pieces[1].size());
}

template <class T>
Params params_for(const std::vector<T>& x, Accuracy accuracy) {
  return {.length = static_cast<std::int64_t>(x.size()),
          .type = sizeof(T) == 8 ? ElementType::f64 : ElementType::f32,
          .accuracy = accuracy};
}

/// The kernel's dot product of x and y.
template <class T>
double dot(const std::vector<T>& x, const std::vector<T>& y, Accuracy accuracy) {
  const Params params = params_for(x, accuracy);
  const Range all{0, DotProduct::items(params)};
  auto storage = DotProduct::allocate(params, all);
  copy_into(DotProduct::pieces(params, storage, all), x, y);
  DotProduct::Workspace workspace;
  DotProduct::Partial partial;
  DotProduct::compute(params, {}, storage, all, workspace, partial);
  return DotProduct::finish(params, DotProduct::Partial(partial)).sum;
}

/// The same without any rounding but the last, by error-free products.
template <class T>
double exact_dot(const std::vector<T>& x, const std::vector<T>& y) {
  ExactSum sum;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double a = x[i], b = y[i], p = a * b;
    sum.add(p);
    sum.add(std::fma(a, b, -p));
  }
  return sum.round();
}

template <class T>
double absolute_dot(const std::vector<T>& x, const std::vector<T>& y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += std::fabs(double{x[i]} * double{y[i]});
  return sum;
}

struct Vectors {
  std::vector<double> x, y;
};

/// Vectors whose dot product has a condition number of about `condition` (Ogita, Rump, Oishi 2005,
/// algorithm 6.1): half of them of widely spread sizes, the rest chosen so that the sum shrinks.
Vectors ill_conditioned(std::size_t n, double condition, std::mt19937_64& random) {
  const auto unit = [&] { return std::uniform_real_distribution<double>(-1, 1)(random); };
  const double top = std::log2(condition) / 2;
  Vectors v{std::vector<double>(n), std::vector<double>(n)};
  ExactSum sum;
  const auto add = [&](std::size_t i) {
    const double p = v.x[i] * v.y[i];
    sum.add(p);
    sum.add(std::fma(v.x[i], v.y[i], -p));
  };
  for (std::size_t i = 0; i < n / 2; ++i) {
    const double e = i < 2 ? top * static_cast<double>(1 - i) : std::fabs(unit()) * top;
    v.x[i] = std::ldexp(unit(), static_cast<int>(std::lround(e)));
    v.y[i] = std::ldexp(unit(), static_cast<int>(std::lround(e)));
    add(i);
  }
  const std::size_t half = n / 2;
  for (std::size_t i = half; i < n; ++i) {
    const double e = top * static_cast<double>(n - 1 - i) / static_cast<double>(n - half);
    v.x[i] = std::ldexp(unit(), static_cast<int>(std::lround(e)));
    const double wanted = std::ldexp(unit(), static_cast<int>(std::lround(e)));
    v.y[i] = (wanted - sum.round()) / v.x[i];
    add(i);
  }
  std::vector<std::size_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), random);
  Vectors shuffled;
  for (const std::size_t i : order) {
    shuffled.x.push_back(v.x[i]);
    shuffled.y.push_back(v.y[i]);
  }
  return shuffled;
}

constexpr double u = 0x1p-53;
constexpr double gamma(double k) {
  return k * u / (1 - k * u);
}

TEST(DotProduct, GivesTheKnownAnswerForEveryLengthPartitionAndInstructionSet) {
  std::mt19937_64 random(1);
  for (const std::int64_t length : {0, 1, 7, 8, 25, 32, 33, 1000, 4095, 4096, 4097, 100'003}) {
    for (const ElementType type : {ElementType::f64, ElementType::f32}) {
      for (const Accuracy accuracy : {Accuracy::standard, Accuracy::dot2}) {
        const Params params{
            .length = length, .type = type, .accuracy = accuracy, .seed = length + 5};
        for_each_isa([&](Isa) {
          for (const int ranks : {1, 2, 3, 4}) {
            const auto split = random_split(DotProduct::items(params), ranks, random);
            EXPECT_EQ(DotProduct::verify(params, pass_in_parts<DotProduct>(params, split, random)),
                      "");
          }
        });
      }
    }
  }
}

TEST(DotProduct, KnowsTheSumOfManyWeylPeriodsOfGroups) {
  // By the closed form alone: a sum over more groups than the sequence's period differs by the
  // mean of what is added.
  const Params one{.length = std::int64_t{1} << 34}, two{.length = std::int64_t{1} << 35};
  const double half = static_cast<double>(std::int64_t{1} << 32) * (0.5 - 0x1p-21);
  EXPECT_EQ(DotProduct::verify(one, {half}), "");
  EXPECT_EQ(DotProduct::verify(two, {2 * half}), "");
}

TEST(DotProduct, NoticesBlocksThatAreMissingOrCountedTwiceOrPairedWrongly) {
  const Params params{.length = 40'960};
  const Range all{0, DotProduct::items(params)};
  auto storage = DotProduct::allocate(params, all);
  DotProduct::fill(params, storage, all);
  const auto fault_of = [&](std::initializer_list<Range> ranges) {
    DotProduct::Workspace workspace;
    DotProduct::Partial partial;
    for (const Range range : ranges) {
      DotProduct::compute(params, {}, storage, range, workspace, partial);
    }
    return DotProduct::verify(params, DotProduct::finish(params, DotProduct::Partial(partial)));
  };
  EXPECT_EQ(fault_of({all}), "");
  EXPECT_NE(fault_of({{0, 9}}), "");
  EXPECT_NE(fault_of({{0, 4}, {5, 10}}), "");
  EXPECT_NE(fault_of({{0, 5}, {4, 5}, {6, 10}}), "");
  std::swap_ranges(storage.x.as<double>(), storage.x.as<double>() + 32,
                   storage.x.as<double>() + 32);
  EXPECT_NE(fault_of({all}), "");
}

TEST(DotProduct, HasTheSameBitsOnEveryInstructionSetForAnyData) {
  std::mt19937_64 random(2);
  for (const std::size_t n : {1, 31, 100, 5000, 12'345}) {
    const Vectors v = ill_conditioned(n, 1e8, random);
    const std::vector<float> fx(v.x.begin(), v.x.end()), fy(v.y.begin(), v.y.end());
    for (const Accuracy accuracy : {Accuracy::standard, Accuracy::dot2}) {
      std::vector<double> f64, f32;
      for_each_isa([&](Isa) {
        f64.push_back(dot(v.x, v.y, accuracy));
        f32.push_back(dot(fx, fy, accuracy));
        EXPECT_EQ(f64.back(), f64.front());
        EXPECT_EQ(f32.back(), f32.front());
      });
    }
  }
}

TEST(DotProduct, StaysWithinItsErrorBoundUpToAConditionOf1e16) {
  std::mt19937_64 random(3);
  double worst_standard = 0;
  for (const double condition : {1e1, 1e4, 1e8, 1e12, 1e16}) {
    for (int trial = 0; trial < 20; ++trial) {
      const Vectors v = ill_conditioned(20'000, condition, random);
      const double exact = exact_dot(v.x, v.y), size = absolute_dot(v.x, v.y);
      const double standard = std::fabs(dot(v.x, v.y, Accuracy::standard) - exact);
      const double dot2 = std::fabs(dot(v.x, v.y, Accuracy::dot2) - exact);
      ASSERT_GE(2 * size, condition / 100 * std::fabs(exact));  // as ill-conditioned as it claims
      EXPECT_LE(standard, u * std::fabs(exact) + gamma(133) * size);
      EXPECT_LE(dot2, u * std::fabs(exact) + gamma(265) * gamma(265) * size);
      if (condition == 1e16) worst_standard = std::max(worst_standard, standard / std::fabs(exact));
    }
  }
  // The data are as hard as they claim to be: without compensation digits are lost.
  EXPECT_GT(worst_standard, 1e-4);
}

TEST(DotProduct, MultipliesFloatsWithoutRounding) {
  std::mt19937_64 random(4);
  const Vectors v = ill_conditioned(20'000, 1e12, random);
  const std::vector<float> x(v.x.begin(), v.x.end()), y(v.y.begin(), v.y.end());
  const double exact = exact_dot(x, y), size = absolute_dot(x, y);
  EXPECT_LE(std::fabs(dot(x, y, Accuracy::standard) - exact),
            u * std::fabs(exact) + gamma(132) * size);
  EXPECT_LE(std::fabs(dot(x, y, Accuracy::dot2) - exact),
            u * std::fabs(exact) + gamma(265) * gamma(265) * size);
}

TEST(DotProduct, FollowsTheStandardForInfinityAndNaN) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const Accuracy accuracy : {Accuracy::standard, Accuracy::dot2}) {
    for_each_isa([&](Isa) {
      std::vector<double> x(5000, 1.0), y(5000, 1.0);
      x[4500] = infinity;
      EXPECT_EQ(dot(x, y, accuracy), infinity);
      y[4500] = -1;
      EXPECT_EQ(dot(x, y, accuracy), -infinity);
      x[3] = infinity;
      EXPECT_TRUE(std::isnan(dot(x, y, accuracy)));
      x[3] = 1;
      y[4500] = 0;
      EXPECT_TRUE(std::isnan(dot(x, y, accuracy)));
    });
  }
}

TEST(DotProduct, TakesItsInputFromThePiecesThatItsSlabsDescribe) {
  const Params params{.length = 10'000, .type = ElementType::f32};
  const Range all{0, DotProduct::items(params)}, middle{1, 3};
  auto whole = DotProduct::allocate(params, all);
  DotProduct::fill(params, whole, all);
  auto part = DotProduct::allocate(params, middle);
  const auto from = DotProduct::pieces(params, whole, middle);
  const auto to = DotProduct::pieces(params, part, middle);
  ASSERT_EQ(DotProduct::slabs(params, middle),
            (std::vector<Slab>{{.dataset = 0, .row = 4096, .rows = 5904},
                               {.dataset = 1, .row = 4096, .rows = 5904}}));
  for (std::size_t i = 0; i < 2; ++i) {
    ASSERT_EQ(from[i].size(), 5904 * sizeof(float));
    ASSERT_EQ(to[i].size(), from[i].size());
    std::memcpy(to[i].data(), from[i].data(), from[i].size());
  }
  DotProduct::Workspace workspace;
  DotProduct::Partial expected, got;
  DotProduct::compute(params, {}, whole, middle, workspace, expected);
  DotProduct::compute(params, {}, part, middle, workspace, got);
  EXPECT_EQ(got.round(), expected.round());
}

/// As many as dot_blocks.hpp cannot do without: floats have no error of a product.
TEST(DotProduct, DemandsItsProductsTheirErrorsAndConversions) {
  const auto demands = [](ElementType type, Accuracy accuracy) {
    std::map<std::string, double> out;
    const Params params{.length = 1000, .type = type, .accuracy = accuracy};
    for (const Demand& demand : DotProduct::work(params).demands)
      out[std::string(demand.rate)] = demand.amount;
    return out;
  };
  using Amounts = std::map<std::string, double>;
  const Amounts of_floats{{"multiply_add", 1000}, {"convert", 2000}};
  EXPECT_EQ(demands(ElementType::f64, Accuracy::standard), (Amounts{{"multiply_add", 1000}}));
  EXPECT_EQ(demands(ElementType::f64, Accuracy::dot2), (Amounts{{"multiply_add", 2000}}));
  EXPECT_EQ(demands(ElementType::f32, Accuracy::standard), of_floats);
  EXPECT_EQ(demands(ElementType::f32, Accuracy::dot2), of_floats);
}

TEST(DotProduct, WritesItsSumSoThatItReadsBackToTheSameBits) {
  const double sum = 0.1 + 0.2;
  const auto facts = DotProduct::facts({}, {sum});
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(std::stod(facts[0].value), sum);
}

}  // namespace
}  // namespace scalelaw
