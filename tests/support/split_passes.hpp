#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "kernels/kernel.hpp"

namespace scalelaw {

/// `parts` adjacent random ranges that cover [0, items); some may be empty.
inline std::vector<Range> random_split(std::int64_t items, int parts, std::mt19937_64& random) {
  std::vector<std::int64_t> cuts{0, items};
  for (int i = 1; i < parts; ++i) {
    cuts.push_back(std::uniform_int_distribution<std::int64_t>(0, items)(random));
  }
  std::sort(cuts.begin(), cuts.end());
  std::vector<Range> ranges;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) ranges.push_back({cuts[i], cuts[i + 1]});
  return ranges;
}

/// A partial as another rank would receive it.
template <Kernel K>
typename K::Partial across_the_wire(typename K::Partial&& partial) {
  if constexpr (std::is_trivially_copyable_v<typename K::Partial>) {
    return partial;
  } else {
    std::vector<std::byte> bytes;
    K::pack(partial, bytes);
    return K::unpack(bytes);
  }
}

/// One pass as several ranks do it: each fills and computes its own range, in parts as a team of
/// threads would, and the partials are merged across the wire.
template <Kernel K>
typename K::Result pass_in_parts(const typename K::Params& params, const std::vector<Range>& ranks,
                                 std::mt19937_64& random) {
  const typename K::Shared shared = K::prepare(params);
  typename K::Partial total{};
  std::vector<typename K::Storage> storages;  // a partial may refer to its storage
  for (const Range range : ranks) storages.push_back(K::allocate(params, range));
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    const Range range = ranks[rank];
    typename K::Partial of_rank{};
    typename K::Workspace workspace{};
    for (Range part : random_split(range.size(), 3, random)) {
      part = {part.begin + range.begin, part.end + range.begin};
      K::fill(params, storages[rank], part);
      typename K::Partial of_thread{};
      K::compute(params, shared, storages[rank], part, workspace, of_thread);
      K::merge(of_rank, std::move(of_thread));
    }
    K::merge(total, across_the_wire<K>(std::move(of_rank)));
  }
  return K::finish(params, std::move(total));
}

}  // namespace scalelaw
