// What kernels say that a pass sends, against what it sends.
#include "drivers/pass/communication.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "drivers/pass/run.hpp"
#include "kernels/calibration/calibration.hpp"
#include "kernels/dot_product/dot_product.hpp"
#include "kernels/image_compression/image_compression.hpp"
#include "kernels/matrix_mean/matrix_mean.hpp"
#include "kernels/prime_sieve/prime_sieve.hpp"
#include "mpi/counting_comm.hpp"
#include "mpi/world.hpp"

namespace scalelaw::driver {
namespace {

using mpi_test::CountingComm;
using mpi_test::world;

/// The sum over the ranks; at the root only.
double sum(double mine) {
  Bytes bytes(sizeof mine);
  std::memcpy(bytes.data(), &mine, sizeof mine);
  double total = 0;
  for (const Bytes& one : world().gather(bytes)) {
    double value = 0;
    std::memcpy(&value, one.data(), sizeof value);
    total += value;
  }
  return total;
}

/// The ranks whose results rank `rank` of a binomial tree sends on, its own included.
int ranks_behind(int rank) {
  const int step = rank & -rank;
  return std::min(step, world().size() - rank);
}

struct Sent {
  double messages = 0, reduced = 0;
};

/// What all ranks together send, as it is stated.
Sent stated(const std::vector<Communication>& all, double fact) {
  Sent out;
  const int ranks = world().size();
  for (const Communication& one : all) {
    const bool in_place = one.fact_between_hosts;  // all ranks are on one host here
    const double share =
        (one.shared_bytes + (one.shared_fact.empty() || in_place ? 0 : fact)) / ranks;
    if (one.operation == Collective::allreduce) {
      if (ranks > 1) out.reduced += ranks * one.rank_bytes;
      continue;
    }
    for (int rank = 1; rank < ranks; ++rank) {
      const int parts = one.operation == Collective::reduce ? ranks_behind(rank) : 1;
      out.messages += one.rank_bytes + parts * share;
    }
  }
  return out;
}

template <Kernel K>
double fact_of(const Pass<K>& pass, const std::vector<Communication>& all) {
  for (const Communication& one : all) {
    for (const Fact& fact : K::facts(pass.params(), pass.result())) {
      if (fact.name == one.shared_fact) return std::stod(fact.value);
    }
  }
  return 0;
}

/// What all ranks send in a pass, and what `statement` says of it.  At the root only.
struct Comparison {
  Sent sent, stated;

  /// Within `tolerance`, and 200 bytes a rank for lengths and ends.
  [[nodiscard]] bool agrees(double tolerance) const {
    const double allowed = tolerance * stated.messages + 200 * (world().size() - 1);
    return std::abs(sent.messages - stated.messages) <= allowed && sent.reduced == stated.reduced;
  }
  [[nodiscard]] std::string text() const {
    return std::to_string(sent.messages) + " bytes in messages, " + std::to_string(sent.reduced) +
           " reduced; stated " + std::to_string(stated.messages) + ", " +
           std::to_string(stated.reduced);
  }
};

template <Kernel K>
Comparison compared(const typename K::Params& params, const Options& options,
                    const std::vector<Communication>& statement) {
  SerialTeam team;
  CountingComm comm;
  Pass<K> pass(params, options, team, comm);
  comm.sent_bytes = comm.reduced_bytes = 0;
  pass(false);
  Comparison out;
  out.sent = {sum(comm.sent_bytes), sum(comm.reduced_bytes)};
  if (world().is_root()) out.stated = stated(statement, fact_of<K>(pass, statement));
  return out;
}

/// `tolerance`: how unequal the ranks' shares may be.
template <Kernel K>
void expect_as_stated(const typename K::Params& params, Data data, double tolerance = 0.01,
                      Combine combine = Combine::automatic) {
  Options options;
  options.data = data;
  options.combine = combine;
  const auto statement = communication_of<K>(params, options);
  ASSERT_TRUE(statement.has_value());
  const Comparison found = compared<K>(params, options, *statement);
  if (!world().is_root()) return;
  EXPECT_TRUE(found.agrees(tolerance)) << found.text();
  EXPECT_EQ(found.sent.messages + found.sent.reduced > 0, world().size() > 1);
}

TEST(CommunicationOf, IsWhatADotProductSends) {
  DotProduct::Params params;
  params.length = 400'001;
  for (const Data data : {Data::local, Data::scatter}) expect_as_stated<DotProduct>(params, data);
}

TEST(CommunicationOf, IsWhatAMatrixMeanSends) {
  for (const auto& [rows, cols] : {std::pair{65'536, 64}, {24'576, 100}, {100, 100'000}}) {
    MatrixMean::Params params;
    params.rows = rows;
    params.cols = cols;
    SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(cols));
    for (const Data data : {Data::local, Data::scatter}) {
      expect_as_stated<MatrixMean>(params, data, 0.03);  // few tiles for a rank
    }
  }
}

TEST(CommunicationOf, IsWhatImageCompressionSends) {
  ImageCompression::Params params;
  params.images = 8;
  params.width = 640;
  params.height = 480;
  for (const Data data : {Data::local, Data::scatter}) {
    for (const Combine combine : {Combine::automatic, Combine::messages}) {
      // Some parts have more to say.
      expect_as_stated<ImageCompression>(params, data, 0.15, combine);
    }
  }
}

TEST(CommunicationOf, OfMessagesIsNotWhatARootReadsInPlace) {
  ImageCompression::Params params;
  params.images = 8;
  params.width = 640;
  params.height = 480;
  Options messages;
  messages.combine = Combine::messages;
  const auto statement = communication_of<ImageCompression>(params, messages);
  const Comparison found = compared<ImageCompression>(params, {}, *statement);
  if (!world().is_root() || world().size() == 1) return;
  EXPECT_GT(found.sent.messages, 0);
  EXPECT_FALSE(found.agrees(0.15)) << found.text();
}

TEST(CommunicationOf, IsWhatKernelsWithoutInputSend) {
  PrimeSieve::Params sieve;
  sieve.limit = 1'000'000;
  expect_as_stated<PrimeSieve>(sieve, Data::local);
  Calibration::Params calibration;
  calibration.operations = 1000;
  expect_as_stated<Calibration>(calibration, Data::local);
}

TEST(CommunicationOf, OfAnotherPassIsFoundWrong) {
  DotProduct::Params params;
  params.length = 400'001;
  const auto local = communication_of<DotProduct>(params, {});
  Options scatter;
  scatter.data = Data::scatter;
  const Comparison scattered = compared<DotProduct>(params, scatter, *local);
  if (!world().is_root() || world().size() == 1) return;
  EXPECT_FALSE(scattered.agrees(0.15)) << scattered.text();
}

TEST(CommunicationOf, IsUnknownWhereItDependsOnWhoIsDoneFirst) {
  const auto of = [](auto change) {
    Options options;
    change(options);
    return communication_of<DotProduct>({}, options).has_value();
  };
  EXPECT_TRUE(of([](Options&) {}));
  EXPECT_FALSE(of([](Options& options) { options.distribution = Distribution::dynamic; }));
  EXPECT_FALSE(of([](Options& options) { options.overlap = true; }));
  EXPECT_FALSE(of([](Options& options) { options.data = Data::file; }));
}

}  // namespace
}  // namespace scalelaw::driver
