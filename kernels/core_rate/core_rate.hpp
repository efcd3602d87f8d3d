#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "kernels/kernel.hpp"

namespace scalelaw {

/// What a core does as often as it can, on data in registers or in its first-level cache.
enum class Rate {
  add,           ///< additions of doubles
  multiply_add,  ///< multiplications of doubles, each with an addition
  convert,       ///< floats loaded and converted to doubles
  popcount,      ///< words of 64 bits loaded and their bits counted
  update         ///< bytes loaded, changed and stored, at places apart
};
constexpr auto enum_names(Rate) {
  return std::array<std::string_view, 5>{"add", "multiply_add", "convert", "popcount", "update"};
}

/// How often a second the cores do one thing: the upper bound for kernels that compute in caches.
///
/// An item is 12 288 operations, with as many vectors in flight as hide an operation's latency.
/// The sum of what they give is a whole number that is known.
/// Traffic: none beyond the first-level cache.
/// Threads: compute is pure; safe on disjoint ranges.
/// Source:  the compute roofs of Williams, Waterman, Patterson, CACM 52(4), 2009.
struct CoreRate {
  static constexpr std::string_view name = "core_rate";
  static constexpr std::string_view summary =
      "does one thing as often as the cores can: the upper bound for what computes in caches";
  static constexpr std::string_view size_parameter = "operations";
  static constexpr bool ordered = false;
  static constexpr Schedule schedule{};

  struct Params {
    Rate rate = Rate::multiply_add;
    std::int64_t operations = 1'000'000'000;

    static constexpr auto fields() {
      using P = Params;
      return std::tuple{Field<P, Rate>{"rate", &P::rate, "what the cores do"},
                        Field<P, std::int64_t>{"operations", &P::operations,
                                               "how often, rounded up to whole items of 12288", 1,
                                               std::int64_t{1} << 50}};
    }
  };

  struct Storage {};
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
  static Storage allocate(const Params&, Range) { return {}; }
  static void fill(const Params&, Storage&, Range) {}
  static std::vector<Piece> pieces(const Params&, Storage&, Range) { return {}; }
  static Shared prepare(const Params&) { return {}; }
  static void compute(const Params& params, const Shared& shared, const Storage& storage,
                      Range range, Workspace& workspace, Partial& partial);
  static void merge(Partial& into, Partial&& from) { into.sum += from.sum; }
  static Result finish(const Params&, Partial&& partial) { return {partial.sum}; }
  static std::vector<Fact> facts(const Params& params, const Result& result);
  static std::string verify(const Params& params, const Result& result);
};

static_assert(Kernel<CoreRate>);

}  // namespace scalelaw
