#include "harness/process/leftovers.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include "common/error.hpp"
#include "harness/process/process_table.hpp"
#include "harness/process/waits.hpp"

namespace scalelaw::harness {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Mark {
  pid_t harness = 0;
  std::uint64_t start_ticks = 0;
  std::string folder;
};

Mark parse_mark(const std::string& text) {
  Mark out;
  const char* const end = text.data() + text.size();
  const auto pid = std::from_chars(text.data(), end, out.harness);
  if (pid.ec != std::errc{} || pid.ptr == end || *pid.ptr != ':') return {};
  const auto start = std::from_chars(pid.ptr + 1, end, out.start_ticks);
  if (start.ec != std::errc{} || start.ptr == end || *start.ptr != ':') return {};
  out.folder.assign(start.ptr + 1, end);
  return out;
}

using Test = std::function<bool(const std::string& mark)>;

/// The processes with such a mark.  Searches again each time: a number found before may belong to
/// another program by now.
std::vector<ProcessEntry> marked(const Test& test) {
  std::vector<ProcessEntry> out;
  for (ProcessEntry& process : all_processes()) {
    if (process.state == 'Z' || process.pid == getpid()) continue;
    const std::string mark = environment_of(process.pid, std::string(mark_variable));
    if (!mark.empty() && test(mark)) out.push_back(std::move(process));
  }
  return out;
}

/// Whether nothing with the mark is left by `deadline`.
bool gone_by(Clock::time_point deadline, const Test& test) {
  for (auto pause = 10ms; !marked(test).empty(); pause = std::min(2 * pause, 200ms)) {
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(pause);
  }
  return true;
}

std::vector<std::string> end_all(const Test& test) {
  std::vector<std::string> out;
  for (const ProcessEntry& one : marked(test)) {
    out.push_back(one.text());
    kill(one.pid, SIGTERM);
  }
  if (out.empty() || gone_by(Clock::now() + grace, test)) return out;
  const Clock::time_point deadline = Clock::now() + patience;
  do {  // again for what was started meanwhile
    for (const ProcessEntry& one : marked(test)) kill(one.pid, SIGKILL);
  } while (!gone_by(Clock::now() + 200ms, test) && Clock::now() < deadline);
  return out;
}

}  // namespace

std::string launch_mark(const std::string& folder) {
  return fmt::format("{}:{}:{}", getpid(), start_ticks(getpid()), folder);
}

std::vector<std::string> end_leftovers(const std::string& folder) {
  const Test of_folder = [&](const std::string& text) { return parse_mark(text).folder == folder; };
  for (const ProcessEntry& one : marked(of_folder)) {
    const Mark mark = parse_mark(environment_of(one.pid, std::string(mark_variable)));
    if (mark.harness <= 0 || mark.harness == getpid()) continue;
    if (start_ticks(mark.harness) != mark.start_ticks) continue;
    throw Error(fmt::format("the scalelaw of process {} is measuring this campaign", mark.harness),
                fmt::format("wait for it, or end it: kill {}", mark.harness));
  }
  return end_all(of_folder);
}

std::vector<std::string> end_marked(const std::string& mark) {
  return end_all([&](const std::string& text) { return text == mark; });
}

}  // namespace scalelaw::harness
