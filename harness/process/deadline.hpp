#pragma once

#include <chrono>

namespace scalelaw::harness {

/// `s` seconds as the clock counts them.  What lies beyond its range (infinity, 1e10) is the
/// longest duration that can still be added to a time of now, some 146 years; below 0, none.
std::chrono::steady_clock::duration to_duration(double s);

/// The moment `s` seconds after `begin`, likewise.
std::chrono::steady_clock::time_point deadline_after(std::chrono::steady_clock::time_point begin,
                                                     double s);

}  // namespace scalelaw::harness
