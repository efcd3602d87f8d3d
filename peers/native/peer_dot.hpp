#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "kernels/dot_product/dot_product.hpp"

namespace scalelaw::driver {

/// dot_product on the same generated vectors in the same storage, with sums by another library.
///
/// `Library::dot(x, y, n)` for float and double returns the dot product of n elements.  Each of the
/// team's threads calls it on its own part.  Libraries round intermediate sums, so the result is
/// checked against the a-priori bound of recursive summation, not for equal bits.
template <class Library>
struct PeerDot : DotProduct {
  static constexpr std::string_view summary = Library::dot_summary;

  struct Partial {
    double sum = 0;
  };

  static void stream_loop(const Params&) = delete;  // the library's own loops run

  static void check(const Params& params) {
    if (params.accuracy != Accuracy::standard) {
      throw Error(fmt::format("{} has no compensated dot product", Library::name),
                  "omit --accuracy");
    }
    if (!params.input.empty()) {
      throw Error("peers are measured on generated vectors", "omit --input");
    }
  }

  static void compute(const Params& params, const Shared&, const Storage& storage, Range range,
                      Workspace&, Partial& partial) {
    const Range part = elements(params, range);
    const std::int64_t first = part.begin - elements(params, storage.items).begin;
    const auto add = [&]<class T>(const T* x, const T* y) {
      partial.sum += static_cast<double>(Library::dot(x + first, y + first, part.size()));
    };
    if (params.type == ElementType::f64) {
      return add(storage.x.template as<const double>(), storage.y.template as<const double>());
    }
    add(storage.x.template as<const float>(), storage.y.template as<const float>());
  }

  static void merge(Partial& into, Partial&& from) { into.sum += from.sum; }
  static Result finish(const Params&, Partial&& partial) { return {partial.sum}; }

  /// |error| <= n u (|x_1 y_1| + ... + |x_n y_n|), whose terms are below 1.
  static std::string verify(const Params& params, const Result& result) {
    const auto n = static_cast<double>(params.length);
    const double u = params.type == ElementType::f64 ? 0x1p-53 : 0x1p-24;
    const double known = known_answer(params), bound = std::min(1.0, n * u) * n;
    if (std::fabs(result.sum - known) <= bound) return {};
    return fmt::format("the sum is {}, more than {} away from {}", result.sum, bound, known);
  }
};

}  // namespace scalelaw::driver
