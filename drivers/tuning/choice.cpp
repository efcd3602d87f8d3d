#include "drivers/tuning/choice.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "common/isa.hpp"
#include "drivers/tuning/kept_tuning.hpp"
#include "drivers/tuning/sweep.hpp"

namespace scalelaw::driver {
namespace {

constexpr double slice_bytes = 1 << 20;
constexpr std::int64_t most_rounds = 5, least_rounds = 3;

/// The last-level cache; where nobody knows it, a large one.
double cache_bytes() {
  long bytes = 0;
#ifdef _SC_LEVEL3_CACHE_SIZE
  bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
#endif
  return bytes > 0 ? static_cast<double>(bytes) : 64e6;
}

TuningChoice from_table(StreamLoop loop, const Processor& processor) {
  const ProcessorFamily* const family = family_of(processor);
  return {loop, table_tuning(processor)[loop],
          std::string(family != nullptr ? family->name : "other processors")};
}

/// A choice as it travels from the root.
struct Decision {
  Processor processor;
  Streaming streaming;
  enum class From : int { table, calibration, kept } from = From::table;
};

Decision broadcast(Comm& comm, const Decision& of_root) {
  Bytes bytes(sizeof of_root);
  std::memcpy(bytes.data(), &of_root, sizeof of_root);
  bytes = comm.broadcast(std::move(bytes));
  Decision out;
  std::memcpy(&out, bytes.data(), sizeof out);
  return out;
}

/// At the root: a calibration that is kept, or a new one, or the table.
Decision decide(StreamLoop loop, const Options& options, const TrialItems& trial) {
  const Processor processor = this_processor();
  const Streaming usual = table_tuning(processor)[loop];
  const bool anew = options.tuning == TuningFrom::calibrate;
  if (family_of(processor) != nullptr && !anew) return {processor, usual};
  const KeptTunings kept = KeptTunings::of_this_machine();
  const std::string name =
      std::string(to_string(loop)) + " " + std::string(to_string(streaming_isa()));
  if (const auto found = anew ? std::nullopt : kept.find(name)) {
    return {processor, *found, Decision::From::kept};
  }
  const auto fastest = calibrate(loop, usual, trial, cache_bytes());
  if (!fastest) return {processor, usual};
  kept.keep(name, *fastest);
  return {processor, *fastest, Decision::From::calibration};
}

TuningChoice agreed(StreamLoop loop, const Decision& root) {
  const Processor processor = this_processor();
  if (root.from == Decision::From::table || !(root.processor == processor)) {
    return from_table(loop, processor);
  }
  return {loop, root.streaming,
          root.from == Decision::From::kept ? "kept calibration" : "calibration"};
}

TuningChoice chosen(StreamLoop loop, const Options& options, const TrialItems& trial, Comm& comm) {
  TuningChoice out = from_table(loop, this_processor());
  if (options.tuning == TuningFrom::table) return out;
  if (options.tuning == TuningFrom::given) {
    return {loop, {options.prefetch_bytes, out.streaming.places}, "given"};
  }
  const Decision of_root = comm.is_root() ? decide(loop, options, trial) : Decision{};
  return agreed(loop, comm.size() > 1 ? broadcast(comm, of_root) : of_root);
}

}  // namespace

nlohmann::json to_json(const TuningChoice& choice) {
  return {{"loop", to_string(choice.loop)},
          {"prefetch_bytes", choice.streaming.ahead},
          {"places", choice.streaming.places},
          {"source", choice.source}};
}

std::optional<Streaming> calibrate(StreamLoop loop, const Streaming& usual, const TrialItems& trial,
                                   double cache_bytes) {
  const std::vector<Streaming> candidates = candidates_for(loop);
  // The last items may still be in a cache, because they were filled last.
  const std::int64_t usable = trial.items / 2;
  if (usable == 0 || trial.bytes < 2 * cache_bytes) return std::nullopt;
  const double item_bytes = trial.bytes / static_cast<double>(trial.items);
  const auto slice = std::max<std::int64_t>(1, static_cast<std::int64_t>(slice_bytes / item_bytes));
  const auto count = static_cast<std::int64_t>(candidates.size());
  const std::int64_t rounds = std::min(most_rounds, (usable / slice - 1) / count);
  if (rounds < least_rounds) return std::nullopt;
  std::int64_t next = 0;
  const auto time = [&](const Streaming& streaming) {
    select_streaming(loop, streaming);
    const std::int64_t begin = next;
    next += slice;
    return trial.seconds_of(begin, next);
  };
  time(usual);  // the first one also warms the code
  return clearly_fastest(sweep(candidates, static_cast<int>(rounds), time), usual);
}

TuningChoice choose_tuning(StreamLoop loop, const Options& options, const TrialItems& trial,
                           Comm& comm) {
  TuningChoice out = chosen(loop, options, trial, comm);
  select_streaming(loop, out.streaming);
  return out;
}

}  // namespace scalelaw::driver
