#pragma once

#include <optional>
#include <type_traits>
#include <vector>

#include "drivers/cli/options.hpp"
#include "drivers/input/files.hpp"
#include "drivers/record/communication.hpp"
#include "kernels/kernel.hpp"
#include "kernels/partial_bytes.hpp"

namespace scalelaw::driver {

/// How Pass<K> combines the ranks' partial results; nothing where their size is unknown.
template <Kernel K>
std::optional<Communication> combining(const typename K::Params& params, Combine combine) {
  if constexpr (StatesPartialBytes<K>) {
    const PartialBytes bytes = K::partial_bytes(params);
    return Communication{.phase = "combine",
                         .operation = K::ordered ? Collective::gather : Collective::reduce,
                         .rank_bytes = bytes.each,
                         .shared_bytes = bytes.shared,
                         .shared_fact = std::string(bytes.shared_fact),
                         .fact_between_hosts = SharesBulk<K> && !bytes.shared_fact.empty() &&
                                               combine != Combine::messages};
  } else if constexpr (!K::ordered && std::is_trivially_copyable_v<typename K::Partial>) {
    return Communication{.phase = "combine",
                         .operation = Collective::allreduce,
                         .rank_bytes = sizeof(typename K::Partial)};
  } else {
    return std::nullopt;
  }
}

/// What the ranks of a Pass<K> send each other, in order.  Nothing where that depends on who is
/// done first, or on files.
template <Kernel K>
std::optional<std::vector<Communication>> communication_of(const typename K::Params& params,
                                                           const Options& options) {
  const bool as_it_comes = options.distribution == Distribution::dynamic || options.overlap;
  const bool with_files = options.mode == Mode::pipeline || options.data == Data::file ||
                          (options.data == Data::scatter && Files<K>::given(params));
  const auto results = combining<K>(params, options.combine);
  if (as_it_comes || with_files || !results) return std::nullopt;
  std::vector<Communication> out;
  if (options.data == Data::scatter) {
    out.push_back({.phase = "distribute",
                   .operation = Collective::scatter,
                   .shared_bytes = K::work(params).compulsory_bytes});  // the input, read once
  }
  out.push_back(*results);
  return out;
}

}  // namespace scalelaw::driver
