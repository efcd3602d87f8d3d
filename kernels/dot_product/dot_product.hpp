#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "kernels/kernel.hpp"
#include "kernels/numerics/buffer.hpp"
#include "kernels/numerics/element_type.hpp"
#include "kernels/numerics/exact_sum.hpp"
#include "kernels/numerics/slab.hpp"
#include "kernels/numerics/tuning.hpp"

namespace scalelaw {

/// The dot product of two vectors.
///
/// An item is a block of 4096 elements, summed in 32 lanes (16 for dot2) in one order for every
/// instruction set; block sums go into an ExactSum.  The bits therefore depend on the data alone.
/// f32 is multiplied and accumulated in f64.
/// Traffic: 16 bytes (f64) or 8 (f32) and 2 flops per element; dot2 does 11 (f32: 8).
/// Accuracy: docs/kernels/dot_product.md derives the bounds.
/// Threads: compute is pure; safe on disjoint ranges.
/// Source:  Neal, arXiv 1505.05571; Ogita, Rump, Oishi, "Accurate sum and dot product", SIAM J.
///          Sci. Comput. 26 (2005), algorithm 5.3, for dot2.
struct DotProduct {
  static constexpr std::string_view name = "dot_product";
  static constexpr std::string_view summary = "dot product of two vectors, limited by memory reads";
  static constexpr std::string_view size_parameter = "length";
  static constexpr bool ordered = false;
  static constexpr Schedule schedule{};

  enum class Accuracy { standard, dot2 };
  friend constexpr auto enum_names(Accuracy) {
    return std::array<std::string_view, 2>{"standard", "dot2"};
  }

  struct Params {
    std::int64_t length = 100'000'000;
    ElementType type = ElementType::f64;
    Accuracy accuracy = Accuracy::standard;
    std::string input{};
    std::int64_t seed = 1;

    static constexpr auto fields() {
      using P = Params;
      return std::tuple{
          Field<P, std::int64_t>{"length", &P::length, "elements of each vector", 0,
                                 std::int64_t{1} << 50},
          Field<P, ElementType>{"type", &P::type, "element type (sums are always f64)"},
          Field<P, Accuracy>{"accuracy", &P::accuracy,
                             "dot2 computes as if in twice the precision"},
          Field<P, std::string>{"input", &P::input,
                                "two 1-D HDF5 datasets, FILE:/X,/Y; empty: generated vectors"},
          Field<P, std::int64_t>{"seed", &P::seed, "seed for the generated vectors"}};
    }
  };

  /// The elements of one range of items: x and y, each followed by zeros up to a whole group.
  struct Storage {
    Range items;
    Buffer x, y;
  };
  struct Shared {};
  struct Workspace {};
  using Partial = ExactSum;
  struct Result {
    double sum = 0;
  };

  static void check(const Params& params);
  static std::int64_t items(const Params& params);
  static Work work(const Params& params);

  /// Elements [begin, end) of the vectors that the items of `range` cover.
  static Range elements(const Params& params, Range range);
  /// Dataset 0 is x, dataset 1 is y.
  static std::vector<Slab> slabs(const Params& params, Range range);

  static Storage allocate(const Params& params, Range range);
  /// Generates `range`; see dot_input.hpp for the vectors and why their product is known.
  static void fill(const Params& params, Storage& storage, Range range);
  /// Two pieces: the elements of x and those of y.
  static std::vector<Piece> pieces(const Params& params, Storage& storage, Range range);

  static Shared prepare(const Params&) { return {}; }
  static StreamLoop stream_loop(const Params& params);
  static void compute(const Params& params, const Shared& shared, const Storage& storage,
                      Range range, Workspace& workspace, Partial& partial);
  static void merge(Partial& into, Partial&& from) { into.merge(from); }
  static Result finish(const Params&, Partial&& partial) { return {partial.round()}; }
  static std::vector<Fact> facts(const Params& params, const Result& result);
  /// The dot product of the generated vectors, by its closed form.
  static double known_answer(const Params& params);
  static std::string verify(const Params& params, const Result& result);
};

static_assert(Kernel<DotProduct>);

}  // namespace scalelaw
