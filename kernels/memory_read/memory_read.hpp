#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "kernels/kernel.hpp"
#include "kernels/numerics/buffer.hpp"
#include "kernels/numerics/tuning.hpp"

namespace scalelaw {

/// Reads one array as fast as the machine allows: the upper bound for memory-limited kernels.
///
/// An item is 8 KiB.  Words are added modulo 2^64, which is independent of the order, so the data
/// may be read in whatever order is fastest (read_words.hpp).  The sum of the generated words
/// is known.  Reading the same bytes many times gives the bandwidth of the cache that holds them,
/// because what a pass costs beside it no longer counts.
/// Traffic: every byte `times` times.
/// Threads: compute is pure; safe on disjoint ranges.
struct MemoryRead {
  static constexpr std::string_view name = "memory_read";
  static constexpr std::string_view summary =
      "only reads memory: the upper bound for memory-limited kernels";
  static constexpr std::string_view size_parameter = "bytes";
  static constexpr bool ordered = false;
  static constexpr Schedule schedule{};

  struct Params {
    std::int64_t bytes = std::int64_t{1} << 30;
    std::int64_t times = 1;
    std::int64_t seed = 1;

    static constexpr auto fields() {
      using P = Params;
      return std::tuple{
          Field<P, std::int64_t>{"bytes", &P::bytes,
                                 "bytes to read, rounded up to whole items of 8 KiB", 1,
                                 std::int64_t{1} << 53},
          Field<P, std::int64_t>{"times", &P::times,
                                 "how often each worker reads its part, one after the other", 1,
                                 std::int64_t{1} << 30},
          Field<P, std::int64_t>{"seed", &P::seed, "seed for the start of the generated words"}};
    }
  };

  struct Storage {
    Range items;
    Buffer words;
  };
  struct Shared {};
  struct Workspace {};
  struct Partial {
    std::uint64_t sum = 0;
  };
  struct Result {
    std::uint64_t sum = 0;
  };

  static void check(const Params&) {}
  static std::int64_t items(const Params& params);
  static Work work(const Params& params);
  static Storage allocate(const Params& params, Range range);
  static void fill(const Params& params, Storage& storage, Range range);
  static std::vector<Piece> pieces(const Params& params, Storage& storage, Range range);
  static Shared prepare(const Params&) { return {}; }
  static StreamLoop stream_loop(const Params&) { return StreamLoop::read; }
  static void compute(const Params& params, const Shared& shared, const Storage& storage,
                      Range range, Workspace& workspace, Partial& partial);
  static void merge(Partial& into, Partial&& from) { into.sum += from.sum; }
  static Result finish(const Params&, Partial&& partial) { return {partial.sum}; }
  static std::vector<Fact> facts(const Params& params, const Result& result);
  static std::string verify(const Params& params, const Result& result);
};

static_assert(Kernel<MemoryRead>);

}  // namespace scalelaw
