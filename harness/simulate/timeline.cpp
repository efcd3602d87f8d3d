#include "harness/simulate/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

/// A line of the log: "RANK ACTION ARGUMENTS... SECONDS".
struct LogLine {
  std::size_t rank = 0;
  double seconds = 0;
};

std::optional<LogLine> parse_line(std::string_view line) {
  LogLine out;
  const char* end = line.data() + line.size();
  const auto [after, fault] = std::from_chars(line.data(), end, out.rank);
  const std::size_t last = line.rfind(' ');
  if (fault != std::errc{} || after == end || *after != ' ' || last == std::string_view::npos) {
    return std::nullopt;
  }
  const auto [rest, wrong] = std::from_chars(line.data() + last + 1, end, out.seconds);
  if (wrong != std::errc{} || rest != end) return std::nullopt;
  return out;
}

[[noreturn]] void fail(std::string what) {
  throw Error(std::move(what), "this needs SimGrid 3.32 or a version with the same log (smpirun)");
}

}  // namespace

std::vector<SimulatedPass> parse_timeline(std::string_view log, const std::vector<Trace>& traces,
                                          std::size_t passes, std::size_t phases) {
  std::vector<SimulatedPass> out(passes, SimulatedPass(traces.size(), RankPhases(phases, 0.0)));
  std::vector<std::size_t> read(traces.size());  // actions of each rank
  while (!log.empty()) {
    const std::size_t end = std::min(log.find('\n'), log.size());
    const auto line = parse_line(log.substr(0, end));
    log.remove_prefix(std::min(end + 1, log.size()));
    if (!line) continue;
    if (line->rank >= traces.size()) fail(fmt::format("the replay lists a rank {}", line->rank));
    const std::vector<LoggedAction>& logged = traces[line->rank].logged;
    if (read[line->rank] == logged.size()) {
      fail(fmt::format("the replay lists more actions of rank {} than its trace", line->rank));
    }
    const LoggedAction& action = logged[read[line->rank]++];
    if (action.phase == LoggedAction::no_phase) continue;
    SimulatedPass& pass = out.at(static_cast<std::size_t>(action.pass));
    pass[line->rank].at(static_cast<std::size_t>(action.phase)) += line->seconds;
  }
  for (std::size_t rank = 0; rank < traces.size(); ++rank) {
    if (read[rank] == traces[rank].logged.size()) continue;
    fail(fmt::format("the replay lists {} of the {} actions of rank {}", read[rank],
                     traces[rank].logged.size(), rank));
  }
  return out;
}

}  // namespace scalelaw::harness
