// What kernels say that a pass sends, against what it sends.
#include "drivers/pass/communication.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "drivers/pass/run.hpp"
#include "kernels/calibration/calibration.hpp"
#include "kernels/dot_product/dot_product.hpp"
#include "kernels/image_compression/image_compression.hpp"
#include "kernels/matrix_mean/matrix_mean.hpp"
#include "kernels/prime_sieve/prime_sieve.hpp"
#include "mpi/world.hpp"

namespace scalelaw::driver {
namespace {

using mpi_test::world;

/// The world, with a count of what this rank sends.
class CountingComm : public Comm {
 public:
  double sent_bytes = 0;     ///< in messages of its own
  double reduced_bytes = 0;  ///< in allreduces

  [[nodiscard]] int rank() const override { return world().rank(); }
  [[nodiscard]] int size() const override { return world().size(); }
  void barrier() override { world().barrier(); }
  std::vector<Bytes> gather(const Bytes& mine) override { return world().gather(mine); }
  Bytes broadcast(Bytes of_root) override { return world().broadcast(std::move(of_root)); }
  void allreduce(void* value, std::size_t size, MergeBytes merge) override {
    reduced_bytes += static_cast<double>(size);
    world().allreduce(value, size, merge);
  }
  std::unique_ptr<Transfer> send(const std::vector<Piece>& pieces, int to) override {
    for (const Piece& piece : pieces) sent_bytes += static_cast<double>(piece.size());
    return world().send(pieces, to);
  }
  std::unique_ptr<Transfer> receive(const std::vector<Piece>& pieces, int from) override {
    return world().receive(pieces, from);
  }
  std::int64_t fetch_add(std::int64_t amount) override { return world().fetch_add(amount); }
  void reset_counter() override { world().reset_counter(); }
  void expose(const std::vector<Piece>& memory,
              const std::vector<std::vector<Piece>>& table) override {
    world().expose(memory, table);
  }
  void conceal() override { world().conceal(); }
  void read(std::int64_t entry, const std::vector<Piece>& into) override {
    world().read(entry, into);
  }
  [[noreturn]] void abort(int status) override {
    world().abort(status);
    std::_Exit(status);
  }
  SharedNumber& shared_number() override { return world().shared_number(); }
  [[nodiscard]] std::string library() const override { return world().library(); }
  [[nodiscard]] std::string thread_level() const override { return world().thread_level(); }
};

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
    const double share = (one.shared_bytes + (one.shared_fact.empty() ? 0 : fact)) / ranks;
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
Comparison compared(const typename K::Params& params, Data data,
                    const std::vector<Communication>& statement) {
  Options options;
  options.data = data;
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
void expect_as_stated(const typename K::Params& params, Data data, double tolerance = 0.01) {
  Options options;
  options.data = data;
  const auto statement = communication_of<K>(params, options);
  ASSERT_TRUE(statement.has_value());
  const Comparison found = compared<K>(params, data, *statement);
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
    expect_as_stated<ImageCompression>(params, data, 0.15);  // some parts have more to say
  }
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
  const Comparison scattered = compared<DotProduct>(params, Data::scatter, *local);
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
