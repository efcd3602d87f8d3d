#pragma once

#include <concepts>
#include <string_view>

namespace scalelaw {

/// How many bytes of partial results a rank sends, about: where their size does not follow from
/// their type.
struct PartialBytes {
  double each = 0;    ///< of each rank, whatever its share
  double shared = 0;  ///< of all ranks together: each has its share
  /// The fact of the result that says how many more bytes all ranks share; empty: none.  These are
  /// what other processes of the host can read in place, if anything is.
  std::string_view shared_fact{};
};

/// Optional: partial_bytes(params): a cheap formula that touches no data.
template <class K>
concept StatesPartialBytes = requires(const typename K::Params& params) {
  { K::partial_bytes(params) } -> std::same_as<PartialBytes>;
};

}  // namespace scalelaw
