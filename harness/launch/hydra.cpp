#include "harness/launch/hydra.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

namespace scalelaw::harness {
namespace {

/// The signal that killed a rank: "... EXIT STRING: Segmentation fault (signal 11)"; 0: none did.
int signal_in(const std::string& log) {
  constexpr std::string_view start = "TERMINATED WITH THE EXIT STRING: ", number = "(signal ";
  const std::size_t line = log.find(start);
  if (line == std::string::npos) return 0;
  const std::size_t at = log.find(number, line);
  const bool same_line = at != std::string::npos && at < log.find('\n', line);
  return same_line ? std::atoi(log.c_str() + at + number.size()) : 0;
}

}  // namespace

void correct_hydra_end(Outcome& outcome) {
  if (outcome.exit_code == 0 || outcome.timed_out || outcome.interrupted) return;
  const int signal = signal_in(outcome.log);
  if (signal != 0 && outcome.exit_code == signal) outcome.exit_code = 128 + signal;
  const bool silent = outcome.log.find_first_not_of(" \t\r\n") == std::string::npos;
  if (silent && outcome.exit_code < 128 && outcome.cause == Cause::none) {
    outcome.cause = Cause::driver;
  }
}

}  // namespace scalelaw::harness
