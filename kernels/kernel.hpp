#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "common/field.hpp"
#include "common/range.hpp"
#include "common/schedule.hpp"
#include "kernels/numerics/tuning.hpp"

namespace scalelaw {

/// What a pass demands of one of the rates that the kernel `core_rate` measures.
struct Demand {
  std::string_view rate;  ///< a choice of its option --rate
  double amount = 0;      ///< operations; no pass can do with fewer
};

/// The work model of a kernel for its parameters, known before anything runs.
struct Work {
  std::int64_t items = 0;       ///< indivisible items
  double operations = 0;        ///< what weak scaling keeps constant per worker (any unit)
  double flops = 0;             ///< floating-point operations; 0 when the kernel does none
  double compulsory_bytes = 0;  ///< bytes that must cross from memory at least once
  double resident_bytes = 0;    ///< bytes of input and result held in memory, over all ranks
  double amount = 0;            ///< throughput is amount / second ...
  std::string_view unit;        ///< ... in this unit: "numbers", "bytes", "pixels"
  bool memory_bound = false;    ///< true: limited by the memory's read bandwidth
  /// Of the cores: with the bytes they say which limit is lowest.
  std::vector<Demand> demands{};
};

/// One exact part of a result.  Equal text means equal bits, so results of different models,
/// placements and machines are compared as text.  Floating-point values are written so that they
/// read back to the same bits; a large result is a digest.
struct Fact {
  std::string name;  ///< snake_case
  std::string value;
};

/// A contiguous piece of memory that holds input items, for sending or for reading from a file.
using Piece = std::span<std::byte>;

// A kernel is a type K with static members only: a map over indivisible items and an associative
// merge.  There is one concept per member, so that the compiler names a missing one.  Kernels know
// nothing of MPI, threads, files or clocks.

/// name: snake_case, unique.  summary: one line for --help.
template <class K>
concept HasName = requires {
  { K::name } -> std::convertible_to<std::string_view>;
  { K::summary } -> std::convertible_to<std::string_view>;
};

/// Params: a default-constructible struct whose fields() lists its members (common/field.hpp).
/// A field called `seed` (std::int64_t) receives the driver's --seed and is not an option itself.
template <class K>
concept HasParams = std::default_initializable<typename K::Params> && requires {
  std::tuple_size<decltype(K::Params::fields())>::value;
};

/// size_parameter: the field that weak scaling and "auto" sizes solve for.
template <class K>
concept HasSizeParameter = requires {
  { K::size_parameter } -> std::convertible_to<std::string_view>;
};

/// ordered: true when merge() needs its arguments adjacent and in item order (concatenation);
/// false when any order gives the same bits (exact sums).
template <class K>
concept HasOrdered = requires {
  { K::ordered } -> std::convertible_to<bool>;
};

/// schedule: how a team of threads shares the items unless --schedule says otherwise.
template <class K>
concept HasSchedule = requires {
  { K::schedule } -> std::convertible_to<Schedule>;
};

/// check(params): throws Error, with its remedy, when the parameters contradict each other.
template <class K>
concept HasCheck = requires(const typename K::Params& params) {
  K::check(params);
};

/// items(params): the number of indivisible items.
template <class K>
concept HasItems = requires(const typename K::Params& params) {
  { K::items(params) } -> std::same_as<std::int64_t>;
};

/// work(params): the work model; a cheap formula that touches no data.
template <class K>
concept HasWork = requires(const typename K::Params& params) {
  { K::work(params) } -> std::same_as<Work>;
};

/// allocate(params, range): storage for the input of `range`, its pages untouched.
template <class K>
concept HasAllocate = requires(const typename K::Params& params, Range range) {
  { K::allocate(params, range) } -> std::same_as<typename K::Storage>;
};

/// fill(params, storage, range): generates the input of `range`, from (seed, index) alone.
/// Untimed; called by the thread that will compute (first touch); safe on disjoint ranges.
template <class K>
concept HasFill = requires(const typename K::Params& params, typename K::Storage& storage,
                           Range range) {
  K::fill(params, storage, range);
};

/// pieces(params, storage, range): the memory that holds the input of `range`, in an order and
/// with sizes that depend on (params, range) alone; empty for a kernel without input.
template <class K>
concept HasPieces = requires(const typename K::Params& params, typename K::Storage& storage,
                             Range range) {
  { K::pieces(params, storage, range) } -> std::same_as<std::vector<Piece>>;
};

/// prepare(params): timed; work that every rank repeats before its items (a sieve's base primes).
template <class K>
concept HasPrepare = requires(const typename K::Params& params) {
  { K::prepare(params) } -> std::same_as<typename K::Shared>;
};

/// compute(params, shared, storage, range, workspace, partial): timed, thread-safe; adds the items
/// of `range` to `partial`.  Each thread has its own workspace, which outlives the call so that the
/// thread's next range starts cheaply; it never changes a result.
/// For an ordered kernel, consecutive calls with one partial have adjacent, ascending ranges.
template <class K>
concept HasCompute = std::default_initializable<typename K::Workspace> &&
    std::default_initializable<typename K::Partial> &&
    requires(const typename K::Params& params, const typename K::Shared& shared,
             const typename K::Storage& storage, Range range, typename K::Workspace& workspace,
             typename K::Partial& partial) {
  K::compute(params, shared, storage, range, workspace, partial);
};

/// merge(into, from): associative; Partial{} is the identity.  See `ordered` for commutativity.
template <class K>
concept HasMerge = requires(typename K::Partial& into, typename K::Partial&& from) {
  K::merge(into, std::move(from));
};

/// A trivially copyable partial is sent between ranks as it is; otherwise pack() appends its bytes
/// and unpack() restores it.  Large parts may be excluded: see SendsBulk.
template <class K>
concept HasWireFormat = std::is_trivially_copyable_v<typename K::Partial> ||
    requires(const typename K::Partial& partial, std::vector<std::byte>& out,
             std::span<const std::byte> in) {
  K::pack(partial, out);
  { K::unpack(in) } -> std::same_as<typename K::Partial>;
};

/// Optional: stream_loop(params): the loop that streams its input from memory, whose distance
/// numerics/tuning.hpp has; compute() asks for it.
template <class K>
concept StreamsFromMemory = requires(const typename K::Params& params) {
  { K::stream_loop(params) } -> std::same_as<StreamLoop>;
};

/// Optional: bulk(partial): memory of the partial that is sent without copying.  pack() writes the
/// size of each piece, unpack() allocates the same pieces, and bulk() of the result says where
/// they arrive.
template <class K>
concept SendsBulk = requires(typename K::Partial& partial) {
  { K::bulk(partial) } -> std::same_as<std::vector<Piece>>;
};

/// Optional: bulk that a process on the same host reads where it lies.  share_bulk(): from now on,
/// bulk is allocated in shareable_memory().  unpack(in, pieces): as unpack(in), but bulk that has
/// its piece there is not allocated; other pieces are empty.
template <class K>
concept SharesBulk = SendsBulk<K> &&
    requires(std::span<const std::byte> in, std::span<const Piece> pieces) {
  K::share_bulk();
  { K::unpack(in, pieces) } -> std::same_as<typename K::Partial>;
};

/// finish(params, partial): timed, at the root: the result of all items.
template <class K>
concept HasFinish = requires(const typename K::Params& params, typename K::Partial&& partial) {
  { K::finish(params, std::move(partial)) } -> std::same_as<typename K::Result>;
};

/// facts(params, result): the result as exact text.
template <class K>
concept HasFacts = requires(const typename K::Params& params, const typename K::Result& result) {
  { K::facts(params, result) } -> std::same_as<std::vector<Fact>>;
};

/// verify(params, result): empty when correct, else what is wrong.  Untimed, at the root, for
/// generated input only; compares with a known answer or an independent simple method.
template <class K>
concept HasVerify = requires(const typename K::Params& params, const typename K::Result& result) {
  { K::verify(params, result) } -> std::same_as<std::string>;
};

template <class K>
concept Kernel = HasName<K> && HasParams<K> && HasSizeParameter<K> && HasOrdered<K> &&
    HasSchedule<K> && HasCheck<K> && HasItems<K> && HasWork<K> && HasAllocate<K> && HasFill<K> &&
    HasPieces<K> && HasPrepare<K> && HasCompute<K> && HasMerge<K> && HasWireFormat<K> &&
    HasFinish<K> && HasFacts<K> && HasVerify<K>;

}  // namespace scalelaw
