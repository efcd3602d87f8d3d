#include "kernels/matrix_mean/matrix_mean.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "kernels/matrix_mean/matrix_input.hpp"
#include "support/each_isa.hpp"
#include "support/half_value.hpp"
#include "support/split_passes.hpp"

namespace scalelaw {
namespace {

using Params = MatrixMean::Params;

struct Shape {
  std::int64_t rows, cols;
};
const std::vector<Shape> shapes = {{1, 1},     {1, 2},      {2, 1},     {1, 40'001}, {40'001, 1},
                                   {2, 3},     {3, 2},      {8, 5000},  {5000, 8},   {7, 33},
                                   {300, 31},  {301, 32},   {257, 40},  {513, 4099}, {4, 20'000},
                                   {9000, 17}, {260, 2049}, {600, 600}, {2, 17'000}, {17'000, 2},
                                   {30, 4096}, {8, 65'536}};  // rows of whole pages

std::vector<double> values_of(const Means& means) {
  std::vector<double> out;
  means.for_each([&](std::int64_t i, double mean) {
    EXPECT_EQ(i, std::ssize(out));
    out.push_back(mean);
  });
  return out;
}

/// The storage of a whole matrix with these elements, row by row.
template <class T>
MatrixMean::Storage storage_with(const Params& params, const std::vector<T>& elements) {
  const Range all{0, MatrixMean::items(params)};
  auto storage = MatrixMean::allocate(params, all);
  const auto pieces = MatrixMean::pieces(params, storage, all);
  const auto slabs = MatrixMean::slabs(params, all);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Slab& slab = slabs[i];
    EXPECT_EQ(pieces[i].size(), static_cast<std::size_t>(slab.rows * slab.columns) * sizeof(T));
    std::memcpy(pieces[i].data(), elements.data() + slab.row * params.cols + slab.column,
                pieces[i].size());
  }
  return storage;
}

/// Elements of sizes from 2^-20 to 2^20 and both signs, whose sums round at every step.
template <class T>
std::vector<T> uneven(const Params& params, std::mt19937_64& random) {
  std::vector<T> elements(static_cast<std::size_t>(params.rows * params.cols));
  for (T& x : elements) {
    const int exponent = std::uniform_int_distribution<int>(-20, 20)(random);
    x = static_cast<T>(std::ldexp(std::uniform_real_distribution<double>(-1, 1)(random), exponent));
  }
  return elements;
}

struct Answer {
  std::vector<double> rows, columns;
  double grand_mean;
  friend bool operator==(const Answer&, const Answer&) = default;
};

Answer answer_of(const MatrixMean::Result& result) {
  return {values_of(result.rows), values_of(result.columns), result.grand_mean};
}

/// Computes `ranges`, which cover the matrix, each as another rank's partial.
Answer answer_in_parts(const Params& params, const MatrixMean::Storage& storage,
                       const std::vector<Range>& ranges) {
  MatrixMean::Partial total;
  MatrixMean::Workspace workspace;
  for (const Range range : ranges) {
    MatrixMean::Partial partial;
    MatrixMean::compute(params, {}, storage, range, workspace, partial);
    MatrixMean::merge(total, across_the_wire<MatrixMean>(std::move(partial)));
  }
  return answer_of(MatrixMean::finish(params, std::move(total)));
}

TEST(MatrixMean, GivesTheKnownMeansForEveryShapePartitionAndInstructionSet) {
  std::mt19937_64 random(1);
  for (const Shape shape : shapes) {
    for (const ElementType type : {ElementType::f64, ElementType::f32}) {
      const Params params{.rows = shape.rows, .cols = shape.cols, .type = type, .seed = 11};
      SCOPED_TRACE(std::to_string(shape.rows) + " x " + std::to_string(shape.cols));
      for_each_isa([&](Isa) {
        for (const int ranks : {1, 2, 4}) {
          const auto split = random_split(MatrixMean::items(params), ranks, random);
          const auto result = pass_in_parts<MatrixMean>(params, split, random);
          ASSERT_EQ(MatrixMean::verify(params, result), "");
        }
      });
    }
  }
}

TEST(MatrixMean, HasTheSameBitsInEveryPartitionAndInstructionSetForAnyData) {
  std::mt19937_64 random(2);
  for (const Shape shape : {Shape{600, 5000}, Shape{5, 30'000}, Shape{9000, 7}, Shape{1, 50'000},
                            Shape{50'000, 1}, Shape{700, 45}, Shape{300, 4096}, Shape{3000, 12}}) {
    const Params params{.rows = shape.rows, .cols = shape.cols};
    const auto storage = storage_with(params, uneven<double>(params, random));
    const std::int64_t items = MatrixMean::items(params);
    const Answer expected = answer_in_parts(params, storage, {{0, items}});
    for_each_isa([&](Isa) {
      for (int trial = 0; trial < 8; ++trial) {
        auto ranges = random_split(items, 1 + trial, random);
        std::shuffle(ranges.begin(), ranges.end(), random);  // as dynamic schedules may
        ASSERT_EQ(answer_in_parts(params, storage, ranges), expected);
      }
    });
  }
}

TEST(MatrixMean, IsAsAccurateAsItsBound) {
  // A tile's sums add at most 256 (narrow or flat matrices: 16384) terms one after another.
  std::mt19937_64 random(3);
  for (const Shape shape :
       {Shape{600, 5000}, Shape{3, 30'000}, Shape{30'000, 3}, Shape{1, 50'000}}) {
    const Params params{.rows = shape.rows, .cols = shape.cols};
    const auto elements = uneven<double>(params, random);
    const auto storage = storage_with(params, elements);
    const Answer answer = answer_in_parts(params, storage, {{0, MatrixMean::items(params)}});
    const auto expect_near = [&](double mean, auto element, std::int64_t n) {
      ExactSum exact;
      double size = 0;
      for (std::int64_t i = 0; i < n; ++i) {
        exact.add(element(i));
        size += std::fabs(element(i));
      }
      const auto count = static_cast<double>(n);
      const double wanted = exact.round() / count;
      EXPECT_LE(std::fabs(mean - wanted),
                2100 * 0x1p-53 * size / count + 0x1p-51 * std::fabs(wanted));
    };
    for (std::int64_t r = 0; r < std::min<std::int64_t>(100, shape.rows); ++r) {
      expect_near(
          answer.rows[static_cast<std::size_t>(r)],
          [&](std::int64_t c) { return elements[static_cast<std::size_t>(r * shape.cols + c)]; },
          shape.cols);
    }
    for (std::int64_t c = 0; c < std::min<std::int64_t>(100, shape.cols); ++c) {
      expect_near(
          answer.columns[static_cast<std::size_t>(c)],
          [&](std::int64_t r) { return elements[static_cast<std::size_t>(r * shape.cols + c)]; },
          shape.rows);
    }
    expect_near(
        answer.grand_mean, [&](std::int64_t i) { return elements[static_cast<std::size_t>(i)]; },
        shape.rows * shape.cols);
  }
}

TEST(MatrixMean, KeepsColumnsOfVeryDifferentSizesApart) {
  const Params params{.rows = 5000, .cols = 100};
  std::vector<double> elements;
  for (std::int64_t i = 0; i < params.rows * params.cols; ++i) {
    elements.push_back(std::ldexp(1.0, static_cast<int>(i % params.cols) * 20 - 1000));
  }
  const auto storage = storage_with(params, elements);
  const Answer answer = answer_in_parts(params, storage, {{0, MatrixMean::items(params)}});
  for (std::size_t c = 0; c < 100; ++c) EXPECT_EQ(answer.columns[c], elements[c]);
}

TEST(MatrixMean, TreatsNaNAndInfinityAsNumPyDoes) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::nan("");
  for (const Shape shape : {Shape{600, 50}, Shape{10, 3000}, Shape{600, 5}}) {
    for_each_isa([&](Isa) {
      const Params params{.rows = shape.rows, .cols = shape.cols};
      std::vector<double> elements(static_cast<std::size_t>(params.rows * params.cols), 1.0);
      const auto at = [&](std::int64_t r, std::int64_t c) -> double& {
        return elements[static_cast<std::size_t>(r * shape.cols + c)];
      };
      at(2, 1) = nan;
      at(3, 2) = infinity;
      at(4, 3) = -infinity;
      at(5, 3) = infinity;
      const auto storage = storage_with(params, elements);
      const auto [rows, columns, grand_mean] =
          answer_in_parts(params, storage, {{0, MatrixMean::items(params)}});
      EXPECT_TRUE(std::isnan(rows[2]));
      EXPECT_TRUE(std::isnan(columns[1]));
      EXPECT_EQ(rows[3], infinity);
      EXPECT_EQ(columns[2], infinity);
      EXPECT_EQ(rows[4], -infinity);
      EXPECT_TRUE(std::isnan(columns[3]));
      EXPECT_EQ(rows[0], 1.0);
      EXPECT_EQ(columns[0], 1.0);
      EXPECT_TRUE(std::isnan(grand_mean));
    });
  }
}

TEST(MatrixMean, NoticesTilesThatAreMissingOrExchangedOrCountedTwice) {
  for (const Shape shape : {Shape{1200, 5000}, Shape{8, 20'000}, Shape{20'000, 8}}) {
    const Params params{.rows = shape.rows, .cols = shape.cols};
    const std::int64_t items = MatrixMean::items(params);
    ASSERT_GE(items, 6);
    auto storage = MatrixMean::allocate(params, {0, items});
    MatrixMean::fill(params, storage, {0, items});
    const auto fault_of = [&](std::initializer_list<Range> ranges) {
      MatrixMean::Workspace workspace;
      MatrixMean::Partial partial;
      for (const Range range : ranges) {
        MatrixMean::compute(params, {}, storage, range, workspace, partial);
      }
      return MatrixMean::verify(params, MatrixMean::finish(params, std::move(partial)));
    };
    EXPECT_EQ(fault_of({{0, items}}), "");
    EXPECT_NE(fault_of({{0, 1}, {2, items}}), "");
    EXPECT_NE(fault_of({{0, 1}, {0, items}}), "");
    const auto pieces = MatrixMean::pieces(params, storage, {0, items});
    auto* const elements = reinterpret_cast<double*>(pieces[0].data());
    std::swap_ranges(elements, elements + 4, elements + 4);  // within a row: four columns are wrong
    EXPECT_NE(fault_of({{0, items}}), "");
  }
}

/// Element (r, c) of the generated matrix, by its definition.
double generated(const MatrixInput& input, std::int64_t r, std::int64_t c) {
  const double a = half_value(input.seed, matrix_cells, r / 2 * input.pitch + c / 2);
  const std::int64_t down = weyl_units(input.of_row, r), across = weyl_units(input.of_column, c);
  return (r % 2 == c % 2 ? a : 1 - a) + static_cast<double>(down + across) * 0x1p-20;
}

TEST(MatrixMean, GeneratesWhatItsInputIsDefinedToBe) {
  for (const Shape shape : {Shape{1, 40'001}, Shape{40'001, 1}, Shape{7, 5}, Shape{43, 8},
                            Shape{18, 31}, Shape{17, 33}, Shape{21, 510}, Shape{6, 511},
                            Shape{9, 512}, Shape{600, 513}, Shape{3, 20'002}, Shape{530, 4099}}) {
    const Params params{.rows = shape.rows, .cols = shape.cols, .seed = 5};
    const MatrixInput input(params.seed, params.cols);
    std::vector<double> expected;
    for (std::int64_t r = 0; r < params.rows; ++r) {
      for (std::int64_t c = 0; c < params.cols; ++c) {
        expected.push_back(generated(input, r, c));
      }
    }
    const auto expect = [&]<class T>(ElementType type, T) {
      Params of_type = params;
      of_type.type = type;
      const Range all{0, MatrixMean::items(of_type)};
      auto storage = MatrixMean::allocate(of_type, all);
      MatrixMean::fill(of_type, storage, all);
      const auto pieces = MatrixMean::pieces(of_type, storage, all);
      const auto slabs = MatrixMean::slabs(of_type, all);
      for (std::size_t i = 0; i < pieces.size(); ++i) {
        const auto* const elements = reinterpret_cast<const T*>(pieces[i].data());
        for (std::int64_t k = 0; k < slabs[i].rows * slabs[i].columns; ++k) {
          const std::int64_t r = slabs[i].row + k / slabs[i].columns;
          const std::int64_t c = slabs[i].column + k % slabs[i].columns;
          ASSERT_EQ(elements[k], expected[static_cast<std::size_t>(r * params.cols + c)])
              << "(" << r << ", " << c << ") of " << params.rows << " x " << params.cols;
        }
      }
    };
    for_each_isa([&](Isa) {
      expect(ElementType::f64, double{});
      expect(ElementType::f32, float{});
    });
  }
}

TEST(MatrixMean, StoresEachPartAsTheWholeDoes) {
  std::mt19937_64 random(5);
  for (const Shape shape : {Shape{1000, 5000}, Shape{8, 20'000}, Shape{20'000, 8}, Shape{1, 90'000},
                            Shape{90'000, 1}}) {
    const Params params{.rows = shape.rows, .cols = shape.cols, .type = ElementType::f32};
    const Range all{0, MatrixMean::items(params)};
    auto whole = MatrixMean::allocate(params, all);
    MatrixMean::fill(params, whole, all);
    for (int trial = 0; trial < 10; ++trial) {
      for (const Range part : random_split(all.end, 3, random)) {
        auto own = MatrixMean::allocate(params, part);
        MatrixMean::fill(params, own, part);
        const auto from = MatrixMean::pieces(params, whole, part);
        const auto to = MatrixMean::pieces(params, own, part);
        ASSERT_EQ(from.size(), to.size());
        ASSERT_EQ(from.size(), MatrixMean::slabs(params, part).size());
        for (std::size_t i = 0; i < from.size(); ++i) {
          ASSERT_EQ(from[i].size(), to[i].size());
          ASSERT_EQ(std::memcmp(from[i].data(), to[i].data(), to[i].size()), 0);
        }
      }
    }
  }
}

TEST(MatrixMean, GivesEachRankItsOwnRowsWhenThereAreManyRows) {
  const Params params{.rows = 20'000, .cols = 20'000};
  const std::int64_t items = MatrixMean::items(params);
  for (std::int64_t rank = 0; rank < 4; ++rank) {
    std::int64_t rows = 0;
    for (const Slab& slab : MatrixMean::slabs(params, split({0, items}, 4, rank))) {
      rows += slab.columns == params.cols ? slab.rows : 0;
    }
    EXPECT_NEAR(static_cast<double>(rows), 5000, 512);
  }
}

TEST(MatrixMean, DemandsTwoAdditionsOfEachElementAndConversions) {
  const auto demands = [](ElementType type) {
    std::map<std::string, double> out;
    const Params params{.rows = 30, .cols = 20, .type = type};
    for (const Demand& demand : MatrixMean::work(params).demands)
      out[std::string(demand.rate)] = demand.amount;
    return out;
  };
  using Amounts = std::map<std::string, double>;
  EXPECT_EQ(demands(ElementType::f64), (Amounts{{"add", 1200}}));
  EXPECT_EQ(demands(ElementType::f32), (Amounts{{"add", 1200}, {"convert", 600}}));
}

TEST(MatrixMean, CountsEachElementOnceAndTheMeansBesideThem) {
  for (const ElementType type : {ElementType::f64, ElementType::f32}) {
    const Work work = MatrixMean::work({.rows = 30, .cols = 20, .type = type});
    const double bytes = type == ElementType::f64 ? 600 * 8 : 600 * 4;
    EXPECT_EQ(work.operations, 600);
    EXPECT_EQ(work.flops, 2 * 600) << "an addition for its row, and one for its column";
    EXPECT_EQ(work.compulsory_bytes, bytes);
    EXPECT_EQ(work.resident_bytes, bytes + 8 * (30 + 20));
  }
}

TEST(MatrixMean, RefusesAMatrixWithoutElements) {
  EXPECT_THROW(MatrixMean::check({.rows = 0, .cols = 5}), Error);
  EXPECT_THROW(MatrixMean::check({.rows = 5, .cols = 0}), Error);
  EXPECT_THROW(MatrixMean::check({.rows = std::int64_t{1} << 30, .cols = std::int64_t{1} << 30}),
               Error);
  EXPECT_NO_THROW(MatrixMean::check({.rows = 1, .cols = 1}));
}

}  // namespace
}  // namespace scalelaw
