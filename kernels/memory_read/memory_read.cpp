#include "kernels/memory_read/memory_read.hpp"

#include <fmt/format.h>

#include "kernels/memory_read/read_path.hpp"
#include "kernels/memory_read/read_sum.hpp"
#include "kernels/numerics/isa_paths.hpp"

namespace scalelaw {
namespace {

constexpr IsaPaths<ReadPath> paths = SCALELAW_ISA_PATHS(read_path);

constexpr std::int64_t item_words = 1024;

std::uint64_t start_of(const MemoryRead::Params& params) {
  return static_cast<std::uint64_t>(params.seed) * 0xD1342543DE82EF95;
}

std::uint64_t* words_of(const MemoryRead::Storage& storage, Range range) {
  return storage.words.as<std::uint64_t>() + (range.begin - storage.items.begin) * item_words;
}

}  // namespace

std::int64_t MemoryRead::items(const Params& params) {
  return (params.bytes + item_words * 8 - 1) / (item_words * 8);
}

Work MemoryRead::work(const Params& params) {
  const double bytes = static_cast<double>(items(params) * item_words) * 8;
  return {.items = items(params),
          .operations = bytes * static_cast<double>(params.times),
          .compulsory_bytes = bytes,
          .resident_bytes = bytes,
          .amount = bytes * static_cast<double>(params.times),
          .unit = "bytes",
          .memory_bound = true};
}

MemoryRead::Storage MemoryRead::allocate(const Params&, Range range) {
  return {.items = range, .words = Buffer(range.size() * item_words * 8)};
}

void MemoryRead::fill(const Params& params, Storage& storage, Range range) {
  paths.active().fill(start_of(params), range.begin * item_words, range.size() * item_words,
                      words_of(storage, range));
}

std::vector<Piece> MemoryRead::pieces(const Params&, Storage& storage, Range range) {
  const auto words = static_cast<std::size_t>(range.size() * item_words);
  return {std::as_writable_bytes(std::span(words_of(storage, range), words))};
}

void MemoryRead::compute(const Params& params, const Shared&, const Storage& storage, Range range,
                         Workspace&, Partial& partial) {
  const std::uint64_t* const words = words_of(storage, range);
  const std::int64_t n = range.size() * item_words;
  for (std::int64_t time = 0; time < params.times; ++time) {
    partial.sum += n * 8 <= cached_bytes ? read_sum_cached(paths.active(), words, n)
                                         : read_sum(paths.streaming(), words, n);
  }
}

std::vector<Fact> MemoryRead::facts(const Params&, const Result& result) {
  return {{"sum", fmt::format("{:#018x}", result.sum)}};
}

std::string MemoryRead::verify(const Params& params, const Result& result) {
  const auto n = static_cast<std::uint64_t>(items(params) * item_words);
  const std::uint64_t pairs = n / 2 * (n - 1);  // n is even
  const std::uint64_t once = start_of(params) * n + read_step * pairs;
  const std::uint64_t expected = once * static_cast<std::uint64_t>(params.times);
  if (expected == result.sum) return {};
  return fmt::format("the words add up to {:#018x}, not {:#018x}", result.sum, expected);
}

}  // namespace scalelaw
