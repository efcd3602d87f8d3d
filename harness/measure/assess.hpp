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

/// The facts seen so far.  Results of our own drivers are bit-identical for every model and
/// placement, so all launches of one kernel with one set of parameters must report the same facts.
/// Other implementations round in their own ways: their launches are compared only with those of the
/// same point, unless the record says that its facts agree on all placements, or with those of every
/// driver of the kernel (`agreement`), perhaps within a tolerance.  Facts of each sample alone, such
/// as those of a race, are compared with none.
class FactBook {
 public:
  /// Adds the facts of a launch's samples.  Returns which fact differs from which launch's; empty
  /// when none does.  `header`: that of its record, null when there was none.
  std::string enter(const Point& point, const nlohmann::json& header,
                    std::span<const Sample> samples);

 private:
  struct Entry {
    std::map<std::string, std::string> facts;
    std::string told_by;
    double tolerance = 0;
  };
  std::string enter_as(const std::string& key, const Point& point, double tolerance,
                       std::span<const Sample> samples);

  std::map<std::string, Entry> entries_;
};

/// The verdict on a launch: its state and, unless that is ok, the reason and the cause.
struct Assessment {
  State state = State::ok;
  std::string reason;
  Cause cause = Cause::none;
};

/// Why some of a launch's samples are too short: a time must be many ticks of its clock, or it is
/// mostly rounding.  Empty when all are long enough, or when the header has no timer.
std::string too_short(const nlohmann::json& header, std::span<const Sample> samples);

/// Judges one launch, in this order: how its process ended (ending_of), its record, the binding
/// that the record proves, and the facts known from other launches.
Assessment assess(const Point& point, const Job& job, const Outcome& outcome, const Record& record,
                  FactBook& facts);

}  // namespace scalelaw::harness
