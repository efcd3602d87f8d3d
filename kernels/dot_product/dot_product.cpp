#include "kernels/dot_product/dot_product.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "common/error.hpp"
#include "kernels/dot_product/dot_input.hpp"
#include "kernels/dot_product/dot_path.hpp"
#include "kernels/numerics/isa_paths.hpp"
#include "kernels/numerics/random_sequence.hpp"

namespace scalelaw {
namespace {

__extension__ using Int128 = __int128;

constexpr IsaPaths<DotPath> paths = SCALELAW_ISA_PATHS(dot_path);

constexpr std::int64_t round_up(std::int64_t n, std::int64_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

/// The functions for blocks of elements of type T that `params` and this processor select.
template <class T>
const PrefetchPair<DotPath::Block<T>>& block_functions(const DotProduct::Params& params) {
  const DotPath& path = paths.streaming();
  const DotPath::Blocks<T>& blocks = [&]() -> const DotPath::Blocks<T>& {
    if constexpr (sizeof(T) == 8) {
      return path.f64;
    } else {
      return path.f32;
    }
  }();
  return params.accuracy == DotProduct::Accuracy::standard ? blocks.standard : blocks.dot2;
}

/// Adds the elements [begin, begin + count) of x and y; `begin` is the start of a block.
template <class T>
void add_blocks(const DotProduct::Params& params, const T* x, const T* y, std::int64_t count,
                ExactSum& sum) {
  const std::int64_t ahead = streaming_of(DotProduct::stream_loop(params)).ahead;
  const DotPath::Block<T> block = block_functions<T>(params).at(ahead);
  const bool corrected = params.accuracy == DotProduct::Accuracy::dot2;
  for (std::int64_t i = 0; i < count; i += dot_block) {
    const DotSum part = block(x + i, y + i, std::min(dot_block, count - i), ahead);
    sum.add(part.sum);
    if (corrected) sum.add(part.correction);
  }
}

/// Element i of x and y in units of 2^-20.
struct Elements {
  std::int64_t x, y;
};
Elements element(RandomSequence& random, std::int64_t seed, std::int64_t i) {
  const std::int64_t chunk = i / dot_group, part = i % dot_group / dot_groups_per_chunk;
  const std::int64_t lane = i % dot_groups_per_chunk;
  const auto value = [&](std::int64_t which) {
    return std::llround(random.value(chunk * dot_group + which * dot_groups_per_chunk + lane) *
                        0x1p20);
  };
  const std::int64_t d = weyl_units(dot_weyl(seed), chunk * dot_groups_per_chunk + lane);
  const std::int64_t sign = value(3) < 1 << 19 ? -1 : 1;
  if (part == 0) return {value(0), sign * value(1)};
  if (part == 1) return {value(1), -sign * value(0)};
  return {part == 2 ? value(2) : (1 << 20) - value(2), d};
}

template <class T>
std::vector<Piece> slices(T* x, T* y, std::int64_t first, std::int64_t count) {
  return {std::as_writable_bytes(std::span(x + first, static_cast<std::size_t>(count))),
          std::as_writable_bytes(std::span(y + first, static_cast<std::size_t>(count)))};
}

}  // namespace

void DotProduct::check(const Params&) {}

StreamLoop DotProduct::stream_loop(const Params& params) {
  const bool f64 = params.type == ElementType::f64;
  if (params.accuracy == Accuracy::dot2) return f64 ? StreamLoop::dot2_f64 : StreamLoop::dot2_f32;
  return f64 ? StreamLoop::dot_f64 : StreamLoop::dot_f32;
}

std::int64_t DotProduct::items(const Params& params) {
  return (params.length + dot_block - 1) / dot_block;
}

namespace {

/// What a pass cannot do without: the products with their additions (those of dot2 give an error,
/// too, except of floats, whose products are exact), and the conversions of floats.
std::vector<Demand> demands_of(const DotProduct::Params& params) {
  const auto n = static_cast<double>(params.length);
  const bool floats = params.type == ElementType::f32;
  const bool has_errors = params.accuracy == DotProduct::Accuracy::dot2 && !floats;
  std::vector<Demand> demands{{.rate = "multiply_add", .amount = has_errors ? 2 * n : n}};
  if (floats) demands.push_back({.rate = "convert", .amount = 2 * n});
  return demands;
}

}  // namespace

Work DotProduct::work(const Params& params) {
  const auto n = static_cast<double>(params.length);
  const bool f64 = params.type == ElementType::f64;
  const double flops = params.accuracy == Accuracy::standard ? 2 : (f64 ? 11 : 8);
  const double bytes = 2 * static_cast<double>(size_of(params.type)) * n;
  return {.items = items(params),
          .operations = n,
          .flops = flops * n,
          .compulsory_bytes = bytes,
          .resident_bytes = bytes,
          .amount = bytes,
          .unit = "bytes",
          .memory_bound = true,
          .demands = demands_of(params)};
}

Range DotProduct::elements(const Params& params, Range range) {
  return {std::min(range.begin * dot_block, params.length),
          std::min(range.end * dot_block, params.length)};
}

std::vector<Slab> DotProduct::slabs(const Params& params, Range range) {
  const Range part = elements(params, range);
  return {{.dataset = 0, .row = part.begin, .rows = part.size()},
          {.dataset = 1, .row = part.begin, .rows = part.size()}};
}

DotProduct::Storage DotProduct::allocate(const Params& params, Range range) {
  const std::int64_t bytes =
      round_up(elements(params, range).size(), dot_group) * size_of(params.type);
  return {.items = range, .x = Buffer(bytes), .y = Buffer(bytes, 5)};
}

void DotProduct::fill(const Params& params, Storage& storage, Range range) {
  const Range part = elements(params, range);
  const std::int64_t offset = part.begin - elements(params, storage.items).begin;
  const auto generate = [&]<class T>(
                            void (*chunks)(std::int64_t, std::int64_t, std::int64_t, T*, T*)) {
    T* const x = storage.x.as<T>() + offset;
    T* const y = storage.y.as<T>() + offset;
    chunks(params.seed, part.begin / dot_group, round_up(part.size(), dot_group) / dot_group, x, y);
    // The last chunk extends past the end of the vectors, where the elements must stay zero.
    const std::int64_t written = round_up(part.size(), dot_group);
    std::fill(x + part.size(), x + written, T{});
    std::fill(y + part.size(), y + written, T{});
  };
  if (params.type == ElementType::f64) return generate(paths.active().fill_f64);
  generate(paths.active().fill_f32);
}

std::vector<Piece> DotProduct::pieces(const Params& params, Storage& storage, Range range) {
  const Range part = elements(params, range);
  const std::int64_t first = part.begin - elements(params, storage.items).begin;
  if (params.type == ElementType::f64) {
    return slices(storage.x.as<double>(), storage.y.as<double>(), first, part.size());
  }
  return slices(storage.x.as<float>(), storage.y.as<float>(), first, part.size());
}

void DotProduct::compute(const Params& params, const Shared&, const Storage& storage, Range range,
                         Workspace&, Partial& partial) {
  const Range part = elements(params, range);
  const std::int64_t first = part.begin - elements(params, storage.items).begin;
  if (params.type == ElementType::f64) {
    return add_blocks(params, storage.x.as<double>() + first, storage.y.as<double>() + first,
                      part.size(), partial);
  }
  add_blocks(params, storage.x.as<float>() + first, storage.y.as<float>() + first, part.size(),
             partial);
}

std::vector<Fact> DotProduct::facts(const Params&, const Result& result) {
  return {{"sum", fmt::format("{}", result.sum)}};
}

double DotProduct::known_answer(const Params& params) {
  // Whole chunks by the closed form, the remaining elements one by one.
  const std::int64_t chunks = params.length / dot_group;
  Int128 sum = static_cast<Int128>(weyl_sum(dot_weyl(params.seed), chunks * dot_groups_per_chunk))
               << 20;
  RandomSequence random(params.seed, dot_stream);
  for (std::int64_t i = chunks * dot_group; i < params.length; ++i) {
    const Elements e = element(random, params.seed, i);
    sum += e.x * e.y;
  }
  return std::ldexp(static_cast<double>(sum), -40);
}

std::string DotProduct::verify(const Params& params, const Result& result) {
  const double expected = known_answer(params);
  if (std::bit_cast<std::uint64_t>(expected) == std::bit_cast<std::uint64_t>(result.sum)) return {};
  return fmt::format("the sum is {}, not {}", result.sum, expected);
}

}  // namespace scalelaw
