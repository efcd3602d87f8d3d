#pragma once

#include <gtest/gtest.h>

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

/// A partial as another rank would receive it, including its bulk data.
template <Kernel K>
typename K::Partial across_the_wire(typename K::Partial&& partial) {
  if constexpr (std::is_trivially_copyable_v<typename K::Partial>) {
    return partial;
  } else {
    std::vector<std::byte> bytes;
    K::pack(partial, bytes);
    typename K::Partial out = K::unpack(bytes);
    if constexpr (SendsBulk<K>) {
      const std::vector<Piece> from = K::bulk(partial), to = K::bulk(out);
      EXPECT_EQ(from.size(), to.size());
      for (std::size_t i = 0; i < std::min(from.size(), to.size()); ++i) {
        EXPECT_EQ(from[i].size(), to[i].size());
        std::copy_n(from[i].begin(), std::min(from[i].size(), to[i].size()), to[i].begin());
      }
    }
    return out;
  }
}

/// One pass as several ranks make it.  Each fills and computes its own range, in parts as a team of
/// threads would, and `join(partials)` merges their partials.
template <Kernel K, class F>
typename K::Result pass_in_parts(const typename K::Params& params, const std::vector<Range>& ranks,
                                 std::mt19937_64& random, F&& join) {
  const typename K::Shared shared = K::prepare(params);
  std::vector<typename K::Storage> storages;  // a partial may refer to its storage
  for (const Range range : ranks) storages.push_back(K::allocate(params, range));
  std::vector<typename K::Partial> partials;
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
    partials.push_back(std::move(of_rank));
  }
  return K::finish(params, join(std::move(partials)));
}

/// Likewise, with the partials merged one after the other across the wire.
template <Kernel K>
typename K::Result pass_in_parts(const typename K::Params& params, const std::vector<Range>& ranks,
                                 std::mt19937_64& random) {
  using Partial = typename K::Partial;
  return pass_in_parts<K>(params, ranks, random, [](std::vector<Partial>&& partials) {
    Partial total{};
    for (Partial& of_rank : partials) K::merge(total, across_the_wire<K>(std::move(of_rank)));
    return total;
  });
}

/// Likewise, with each partial merging the merged result of those after it.
template <Kernel K>
typename K::Result pass_from_the_right(const typename K::Params& params,
                                       const std::vector<Range>& ranks, std::mt19937_64& random) {
  using Partial = typename K::Partial;
  return pass_in_parts<K>(params, ranks, random, [](std::vector<Partial>&& partials) {
    for (std::size_t i = partials.size() - 1; i > 0; --i) {
      K::merge(partials[i - 1], across_the_wire<K>(std::move(partials[i])));
    }
    return std::move(partials.front());
  });
}

}  // namespace scalelaw
