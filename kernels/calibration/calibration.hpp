#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "kernels/kernel.hpp"

namespace scalelaw {

/// Busy work with known scaling, to test the whole pipeline: a serial fraction that every rank
/// repeats, items of unequal length, and a merge with a cost.
///
/// The work is chains (numerics/chain.hpp) whose ends are known, so the result is verified exactly.
/// Units:   one operation is one step of a chain.
/// Threads: compute is pure; safe on disjoint ranges.
struct Calibration {
  static constexpr std::string_view name = "calibration";
  static constexpr std::string_view summary =
      "busy work with a known serial fraction and imbalance";
  static constexpr std::string_view size_parameter = "operations";
  static constexpr bool ordered = false;
  static constexpr Schedule schedule{};

  struct Params {
    std::int64_t operations = 200'000'000;
    std::int64_t items = 1024;
    double serial_fraction = 0;
    std::int64_t serial_operations = 0;
    double imbalance = 0;
    std::int64_t merge_operations = 0;
    std::int64_t seed = 1;

    static constexpr auto fields() {
      using P = Params;
      return std::tuple{
          Field<P, std::int64_t>{"operations", &P::operations, "total steps with one worker", 1},
          Field<P, std::int64_t>{"items", &P::items, "items in the parallel part", 1},
          Field<P, double>{"serial_fraction", &P::serial_fraction,
                           "fraction of the steps that every rank repeats, in [0, 1)"},
          Field<P, std::int64_t>{"serial_operations", &P::serial_operations,
                                 "instead: so many steps whatever the size, at most all", 0},
          Field<P, double>{"imbalance", &P::imbalance,
                           "how much longer the last item is than the mean, and how much shorter "
                           "the first, in [0, 1)"},
          Field<P, std::int64_t>{"merge_operations", &P::merge_operations, "steps per merge", 0},
          Field<P, std::int64_t>{"seed", &P::seed, "seed for the start of the chains"}};
    }
  };

  struct Storage {};
  struct Shared {
    std::uint64_t serial_end = 0;
  };
  struct Workspace {};
  struct Partial {
    std::uint64_t sum = 0;
    std::uint64_t serial_end = 0;
    std::int64_t merge_operations = 0;
    std::uint64_t ballast = 0;  ///< keeps the compiler from removing the merge's busy work
  };
  struct Result {
    std::uint64_t sum = 0;
  };

  static void check(const Params& params);
  static std::int64_t items(const Params& params) { return params.items; }
  static Work work(const Params& params);
  static Storage allocate(const Params&, Range) { return {}; }
  static void fill(const Params&, Storage&, Range) {}
  static std::vector<Piece> pieces(const Params&, Storage&, Range) { return {}; }
  static Shared prepare(const Params& params);
  static void compute(const Params& params, const Shared& shared, const Storage& storage,
                      Range range, Workspace& workspace, Partial& partial);
  static void merge(Partial& into, Partial&& from);
  static Result finish(const Params& params, Partial&& partial);
  static std::vector<Fact> facts(const Params& params, const Result& result);
  static std::string verify(const Params& params, const Result& result);
};

static_assert(Kernel<Calibration>);

}  // namespace scalelaw
