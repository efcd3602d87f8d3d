#include <gtest/gtest.h>

#include "drivers/pass/run.hpp"
#include "kernels/calibration/calibration.hpp"
#include "kernels/dot_product/dot_product.hpp"
#include "kernels/image_compression/image_compression.hpp"
#include "kernels/matrix_mean/matrix_mean.hpp"
#include "kernels/prime_sieve/prime_sieve.hpp"
#include "mpi/world.hpp"

namespace scalelaw::driver {
namespace {

using mpi_test::all_teams;
using mpi_test::world;

/// Every way in which a kernel's items may be dealt and its input may arrive.
std::vector<Options> all_options(bool has_input, bool shares_bulk = false) {
  std::vector<Options> all;
  if (shares_bulk) {  // before the process has shareable memory
    for (const Distribution distribution : {Distribution::block, Distribution::dynamic}) {
      Options options;
      options.distribution = distribution;
      options.combine = Combine::messages;
      all.push_back(options);
    }
  }
  for (const Data data : {Data::local, Data::scatter}) {
    if (data == Data::scatter && !has_input) continue;
    for (const Distribution distribution : {Distribution::block, Distribution::dynamic}) {
      for (const std::int64_t rank_chunk : {0, 3}) {
        Options options;
        options.data = data;
        options.distribution = distribution;
        options.rank_chunk = rank_chunk;
        all.push_back(options);
        if (data == Data::scatter && distribution == Distribution::block) {
          options.overlap = true;
          all.push_back(options);
        }
      }
    }
  }
  return all;
}

std::string name_of(const Options& options) {
  return std::string(to_string(options.data)) + " " + std::string(to_string(options.distribution)) +
         " chunk " + std::to_string(options.rank_chunk) + (options.overlap ? " overlap" : "") +
         " combine " + std::string(to_string(options.combine));
}

template <Kernel K>
std::string facts_of(const Pass<K>& pass) {
  std::string text;
  for (const Fact& fact : K::facts(pass.params(), pass.result())) {
    text += fact.name + "=" + fact.value + "\n";
  }
  return text;
}

/// The result of all ranks, for every option and team, is the single process's to the last bit.
template <Kernel K>
void expect_same_bits(const typename K::Params& params, bool has_input) {
  SerialTeam alone;
  const std::unique_ptr<Comm> self = make_self_comm();
  Pass<K> serial(params, {}, alone, *self);
  serial(false);
  EXPECT_EQ(K::verify(params, serial.result()), "");
  const std::string expected = facts_of<K>(serial);
  for (const auto& team : all_teams()) {
    for (const Options& options : all_options(has_input, SharesBulk<K>)) {
      Pass<K> pass(params, options, *team, world());
      for (const bool diagnostic : {false, true}) {
        const PassTimes times = pass(diagnostic);
        EXPECT_GT(times.total_s, 0);
        if (world().is_root()) {
          EXPECT_EQ(facts_of<K>(pass), expected) << name_of(options);
        }
      }
    }
  }
}

TEST(Pass, CalibrationHasTheSameBitsHoweverItIsShared) {
  Calibration::Params params;
  params.operations = 20000;
  params.items = 50;
  params.serial_fraction = 0.1;
  params.imbalance = 0.5;
  params.merge_operations = 10;
  expect_same_bits<Calibration>(params, false);
}

TEST(Pass, PrimeSieveHasTheSameBitsHoweverItIsShared) {
  PrimeSieve::Params params;
  params.limit = 20'000'000;
  expect_same_bits<PrimeSieve>(params, false);
}

TEST(Pass, DotProductHasTheSameBitsHoweverItIsShared) {
  for (const ElementType type : {ElementType::f64, ElementType::f32}) {
    DotProduct::Params params;
    params.length = 100'001;
    params.type = type;
    expect_same_bits<DotProduct>(params, true);
  }
}

TEST(Pass, MatrixMeanHasTheSameBitsHoweverItIsShared) {
  for (const auto& [rows, cols] : {std::pair{700, 300},
                                   {1, 100'000},
                                   {100'000, 1},
                                   {8, 30'000},
                                   {30'000, 8},
                                   {50'000, 3},
                                   {5, 5}}) {
    for (const ElementType type : {ElementType::f64, ElementType::f32}) {
      SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(cols));
      MatrixMean::Params params;
      params.rows = rows;
      params.cols = cols;
      params.type = type;
      expect_same_bits<MatrixMean>(params, true);
    }
  }
}

TEST(Pass, ImageCompressionHasTheSameBytesHoweverItIsShared) {
  ImageCompression::Params params;
  params.images = 3;
  params.width = 300;
  params.height = 170;
  params.spread = 4;
  expect_same_bits<ImageCompression>(params, true);
}

TEST(Pass, TakesFewerItemsThanRanks) {
  Calibration::Params params;
  params.operations = 1000;
  params.items = 1;
  expect_same_bits<Calibration>(params, false);
}

TEST(Pass, EveryItemIsComputedByOneRank) {
  Calibration::Params params;
  params.operations = 1000;
  params.items = 100;
  for (const Options& options : all_options(false)) {
    SerialTeam team;
    Pass<Calibration> pass(params, options, team, world());
    const std::int64_t mine = pass(false).items;
    Bytes bytes(sizeof mine);
    std::memcpy(bytes.data(), &mine, sizeof mine);
    std::int64_t sum = 0;
    for (const Bytes& one : world().gather(bytes)) {
      std::int64_t items = 0;
      std::memcpy(&items, one.data(), sizeof items);
      sum += items;
    }
    if (world().is_root()) {
      EXPECT_EQ(sum, 100) << name_of(options);
    }
  }
}

}  // namespace
}  // namespace scalelaw::driver
