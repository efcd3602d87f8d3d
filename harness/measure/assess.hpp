#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "harness/launch/launcher.hpp"
#include "harness/results/results.hpp"
#include "harness/store/record.hpp"

namespace scalelaw::harness {

/// The facts seen so far.  Results are bit-identical for every model and placement, so that all
/// launches of one kernel with one set of parameters must report the same facts.  Other
/// implementations round in their own ways: each of theirs is held against its own point's launches
/// alone.
class FactBook {
 public:
  /// Enters the facts of a launch's samples; empty, or which fact differs from whose.  `header`: of
  /// its record, null when there was none.
  std::string enter(const Point& point, const nlohmann::json& header,
                    std::span<const Sample> samples);

 private:
  struct Entry {
    std::map<std::string, std::string> facts;
    std::string told_by;
  };
  std::map<std::string, Entry> entries_;
};

/// What became of a launch: its state and, unless it is ok, the reason and whose doing it was.
struct Assessment {
  State state = State::ok;
  std::string reason;
  Cause cause = Cause::none;
};

/// Why some of a launch's samples cannot be believed: a time must be many ticks of the clock that
/// took it, or it is mostly rounding.  Empty when all are long enough, or the header has no timer.
std::string too_short(const nlohmann::json& header, std::span<const Sample> samples);

/// Judges one launch by how its process ended (ending_of), by its record, by the binding that the
/// record proves, and by the facts known from other launches, in this order.
Assessment assess(const Point& point, const Job& job, const Outcome& outcome, const Record& record,
                  FactBook& facts);

}  // namespace scalelaw::harness
