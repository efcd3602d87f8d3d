#include "harness/process/process_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// A file of /proc, whole; empty when it is gone or not for this user.  A process that ends after
/// its file was opened makes the read fail, which a stream notes and a bare buffer would throw.
std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  if (file) out << file.rdbuf();
  return out.str();
}

}  // namespace

std::string ProcessEntry::text() const {
  return fmt::format("{} (process {})", name, pid);
}

ProcessEntry parse_process(const std::string& stat) {
  // "PID (NAME) STATE PARENT ...", the 22nd word being the start.  A name may hold anything, so the
  // last ')' ends it.
  const std::size_t open = stat.find('('), close = stat.rfind(')');
  ProcessEntry out;
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  std::from_chars(stat.data(), stat.data() + stat.size(), out.pid);
  out.name = stat.substr(open + 1, close - open - 1);
  std::replace_if(
      out.name.begin(), out.name.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  std::istringstream words(stat.substr(close + 1));
  words >> out.state >> out.parent;
  std::string skipped;
  for (int word = 5; word <= 21; ++word) words >> skipped;
  words >> out.start_ticks;
  return words ? out : ProcessEntry{};
}

std::vector<ProcessEntry> all_processes() {
  std::vector<ProcessEntry> out;
  std::error_code failed;
  for (fs::directory_iterator entry("/proc", failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = entry->path().filename();
    if (name.empty() || name.front() < '0' || name.front() > '9') continue;
    ProcessEntry process = parse_process(contents(entry->path() / "stat"));
    if (process.pid > 0) out.push_back(std::move(process));
  }
  return out;
}

std::vector<ProcessEntry> processes_below(pid_t ancestor) {
  const std::vector<ProcessEntry> all = all_processes();
  std::set<pid_t> below{ancestor};
  for (std::size_t before = 0; before != below.size();) {
    before = below.size();
    for (const ProcessEntry& process : all) {
      if (below.contains(process.parent)) below.insert(process.pid);
    }
  }
  below.erase(ancestor);
  std::vector<ProcessEntry> out;
  for (const ProcessEntry& process : all) {
    if (below.contains(process.pid) && process.state != 'Z') out.push_back(process);
  }
  return out;
}

std::uint64_t start_ticks(pid_t pid) {
  return parse_process(contents(fmt::format("/proc/{}/stat", pid))).start_ticks;
}

std::string environment_of(pid_t pid, const std::string& variable) {
  const std::string all = contents(fmt::format("/proc/{}/environ", pid));
  const std::string start = variable + "=";
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.size(), all.find('\0', at));
    if (all.compare(at, start.size(), start) == 0) {
      return all.substr(at + start.size(), end - at - start.size());
    }
    at = end + 1;
  }
  return {};
}

}  // namespace scalelaw::harness
