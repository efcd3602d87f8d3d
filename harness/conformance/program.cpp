#include "harness/conformance/program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <string_view>

#include "common/lines.hpp"
#include "harness/mpi/mpirun_words.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// What a program prints on an uncaught exception.
constexpr std::array<std::string_view, 3> raw_exceptions{"Traceback (most recent call last)",
                                                         "terminate called", "[json.exception"};

bool is_raw(const std::string& text) {
  return std::ranges::any_of(
      raw_exceptions, [&](std::string_view mark) { return text.find(mark) != std::string::npos; });
}

std::string last_line(const std::string& text) {
  const std::vector<std::string> lines = lines_of(text);
  return lines.empty() ? std::string() : lines.back();
}

/// Whose mpirun is in the PATH; it is asked once.
MpiFamily mpirun_family() {
  static const MpiFamily family = ask_mpirun("mpirun").value_or(Mpirun{}).family;
  return family;
}

}  // namespace

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Command Program::command(const Words& words, int ranks) const {
  Command out;
  if (ranks > 0) {
    // Several ranks may share a core: these runs are not timed.
    const MpirunWords& say = mpirun_words(mpirun_family());
    out.argv = Words{"mpirun", "-np", std::to_string(ranks)} +
               say.oversubscribed({.ranks_per_node = ranks});
    out.environment = say.environment(geteuid() == 0);
  }
  out.argv.push_back(path());
  out.argv.insert(out.argv.end(), words.begin(), words.end());
  return out;
}

Ran Program::ask(const Words& words) const {
  const Clock::time_point begin = Clock::now();
  Ran ran{.command = command(words)};
  Printed printed = read_process(ran.command, limit_s_);
  ran.exit_code = printed.exit_code;
  ran.timed_out = printed.timed_out;
  ran.wall_s = seconds_since(begin);
  ran.out = std::move(printed.out);
  ran.err = std::move(printed.err);
  return ran;
}

Ran Program::measure(const Words& words, int ranks) const {
  Ran ran{.command = command(words, ranks)};
  Outcome outcome = run_process(ran.command, limit_s_);
  ran.exit_code = outcome.exit_code;
  ran.timed_out = outcome.timed_out;
  ran.wall_s = outcome.wall_s;
  ran.err = std::move(outcome.log);
  ran.left_behind = std::move(outcome.left_behind);
  return ran;
}

std::string end_of(const Ran& ran, double limit_s) {
  if (ran.timed_out) return fmt::format("was still running after {} s", limit_s);
  if (ran.exit_code > 128 && ran.exit_code < 128 + NSIG) {
    const int number = ran.exit_code - 128;
    return fmt::format("was ended by signal {} ({})", number, strsignal(number));
  }
  const std::vector<std::string> lines = lines_of(ran.err);
  const std::string said = is_raw(ran.err) ? last_line(ran.err)
                           : lines.empty() ? ""
                                           : lines.front();
  return fmt::format("ended with exit status {}{}{}", ran.exit_code, said.empty() ? "" : ": ",
                     said);
}

std::string fault_of_refusal(const Ran& ran, const std::vector<int>& statuses,
                             const std::string& name, double limit_s) {
  if (ran.timed_out || std::ranges::find(statuses, ran.exit_code) == statuses.end()) {
    return fmt::format("{}, not with {}", end_of(ran, limit_s), fmt::join(statuses, " or "));
  }
  if (is_raw(ran.err)) {
    return fmt::format("printed an uncaught exception: {}", last_line(ran.err));
  }
  const std::vector<std::string> lines = lines_of(ran.err);
  const std::string begin = name + ": ";
  const auto what =
      std::ranges::find_if(lines, [&](const std::string& line) { return line.starts_with(begin); });
  if (what == lines.end() || what->size() == begin.size()) {
    return fmt::format("has no line '{}WHAT' on stderr{}{}", begin,
                       lines.empty() ? "" : "; it printed: ", lines.empty() ? "" : lines.front());
  }
  const bool hinted = std::any_of(what, lines.end(), [](const std::string& line) {
    return line.starts_with("  hint: ") && line.size() > 8;
  });
  return hinted ? "" : "has no line '  hint: REMEDY' on stderr";
}

}  // namespace scalelaw::harness
