// Prefetch distances and places read in turn change no bit of a result.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "kernels/dot_product/dot_product.hpp"
#include "kernels/matrix_mean/matrix_mean.hpp"
#include "kernels/memory_read/memory_read.hpp"
#include "support/each_isa.hpp"

namespace scalelaw {
namespace {

/// Fills pieces with numbers whose sum depends on the order of its additions.
template <class T>
void fill_with_rounding_numbers(const std::vector<Piece>& pieces) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<T> size(0, 4);
  for (const Piece& piece : pieces) {
    auto* const values = reinterpret_cast<T*>(piece.data());
    std::generate(values, values + piece.size() / sizeof(T),
                  [&] { return random() % 2 == 0 ? size(random) : -size(random); });
  }
}

template <class K>
std::vector<std::string> texts_of(const typename K::Params& params,
                                  const typename K::Storage& storage) {
  typename K::Workspace workspace{};
  typename K::Partial partial{};
  K::compute(params, K::prepare(params), storage, {0, K::items(params)}, workspace, partial);
  std::vector<std::string> out;
  for (const Fact& fact : K::facts(params, K::finish(params, std::move(partial)))) {
    out.push_back(fact.value);
  }
  return out;
}

/// Expects equal facts however the loop streams, on every instruction set.
template <class K>
void expect_equal_results(const typename K::Params& params, const typename K::Storage& storage) {
  const StreamLoop loop = K::stream_loop(params);
  const Streaming before = streaming_of(loop);
  select_streaming(loop, {.ahead = 0});
  const std::vector<std::string> expected = texts_of<K>(params, storage);
  for_each_isa([&](Isa) {
    for (const std::int64_t ahead : {0, 64, 1000, 4096}) {
      for (int places = 1; places <= most_places; ++places) {
        select_streaming(loop, {.ahead = ahead, .places = places});
        EXPECT_EQ((texts_of<K>(params, storage)), expected)
            << to_string(loop) << " " << ahead << " " << places;
      }
    }
  });
  select_streaming(loop, before);
}

template <class K, class T>
typename K::Storage rounding_input(const typename K::Params& params) {
  const Range all{0, K::items(params)};
  auto storage = K::allocate(params, all);
  fill_with_rounding_numbers<T>(K::pieces(params, storage, all));
  return storage;
}

TEST(StreamingResults, OfDotProductsAreThoseOfAnyDistance) {
  using Accuracy = DotProduct::Accuracy;
  for (const Accuracy accuracy : {Accuracy::standard, Accuracy::dot2}) {
    DotProduct::Params params{.length = 10'007, .type = ElementType::f64, .accuracy = accuracy};
    expect_equal_results<DotProduct>(params, rounding_input<DotProduct, double>(params));
    params.type = ElementType::f32;
    expect_equal_results<DotProduct>(params, rounding_input<DotProduct, float>(params));
  }
}

TEST(StreamingResults, OfMeansAreThoseOfAnyDistance) {
  for (const auto& [rows, cols] :
       {std::pair{67, 133}, {9, 5003}, {5003, 9}, {1, 7001}, {7001, 1}}) {
    MatrixMean::Params params{.rows = rows, .cols = cols, .type = ElementType::f64};
    expect_equal_results<MatrixMean>(params, rounding_input<MatrixMean, double>(params));
    params.type = ElementType::f32;
    expect_equal_results<MatrixMean>(params, rounding_input<MatrixMean, float>(params));
  }
}

TEST(StreamingResults, OfReadingAreThoseOfAnyDistanceAndPlaces) {
  const MemoryRead::Params params{.bytes = 100'000};
  const Range all{0, MemoryRead::items(params)};
  auto storage = MemoryRead::allocate(params, all);
  MemoryRead::fill(params, storage, all);
  expect_equal_results<MemoryRead>(params, storage);
}

/// Without this the tests above would prove nothing: a loop that adds in another order is noticed.
TEST(StreamingResults, DependOnTheOrderOfAdditions) {
  const DotProduct::Params params{.length = 4096};
  const auto storage = rounding_input<DotProduct, double>(params);
  const std::vector<std::string> forwards = texts_of<DotProduct>(params, storage);
  for (double* values : {storage.x.as<double>(), storage.y.as<double>()}) {
    std::reverse(values, values + params.length);
    std::swap(values[0], values[1]);
  }
  EXPECT_NE(texts_of<DotProduct>(params, storage), forwards);
}

}  // namespace
}  // namespace scalelaw
