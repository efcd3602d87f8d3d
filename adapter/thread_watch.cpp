#include "adapter/thread_watch.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

namespace scalelaw::adapter {
namespace {

namespace fs = std::filesystem;

constexpr int deepest = 16;  // of processes that start processes

/// A worker computes at least this part of what the busiest does.
constexpr std::int64_t least_part = 20;

/// The text of a file of /proc; empty when it cannot be read, as that of a thread that has ended.
std::string text_of(const fs::path& file) {
  std::ostringstream text;
  std::ifstream stream(file);
  if (stream) text << stream.rdbuf();
  return text.str();
}

std::vector<pid_t> numbers_in(const fs::path& folder) {
  std::vector<pid_t> out;
  std::error_code failed;
  fs::directory_iterator at(folder, failed);
  for (; !failed && at != fs::directory_iterator(); at.increment(failed)) {
    const int number = std::atoi(at->path().filename().c_str());
    if (number > 0) out.push_back(number);
  }
  return out;
}

/// The value of a line "KEY:\tVALUE" of /proc/PID/status.
std::string value_of(const std::string& status, std::string_view key) {
  std::istringstream lines(status);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key)) continue;
    const std::size_t begin = line.find_first_not_of(" \t", key.size());
    return begin == std::string::npos ? std::string() : line.substr(begin);
  }
  return {};
}

/// The fields of /proc/PID/stat behind the program's name, which may hold blanks and parentheses.
std::vector<std::string> fields_of(const std::string& stat) {
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream words(stat.substr(name_end + 1));
  std::vector<std::string> out;
  for (std::string word; words >> word;) out.push_back(word);
  return out;
}

std::int64_t whole(const std::vector<std::string>& fields, std::size_t at, std::int64_t otherwise) {
  return at < fields.size() ? std::atoll(fields[at].c_str()) : otherwise;
}

/// What a thread has computed.  The scheduler's own count is exact; that of ticks is the fallback.
std::int64_t busy_ns_of(const fs::path& task, const std::vector<std::string>& stat) {
  const std::int64_t exact = std::atoll(text_of(task / "schedstat").c_str());
  if (exact > 0) return exact;
  const std::int64_t tick_ns = 1'000'000'000 / std::max<long>(1, sysconf(_SC_CLK_TCK));
  return (whole(stat, 11, 0) + whole(stat, 12, 0)) * tick_ns;
}

std::vector<pid_t> children_of(pid_t process) {
  std::vector<pid_t> out;
  const fs::path tasks = fmt::format("/proc/{}/task", process);
  for (const pid_t task : numbers_in(tasks)) {
    std::istringstream words(text_of(tasks / std::to_string(task) / "children"));
    for (pid_t child = 0; words >> child;) out.push_back(child);
  }
  return out;
}

void add_tree(pid_t process, int depth, std::vector<pid_t>& out) {
  out.push_back(process);
  if (depth == 0) return;
  for (const pid_t child : children_of(process)) add_tree(child, depth - 1, out);
}

}  // namespace

std::vector<pid_t> process_tree(pid_t process) {
  std::vector<pid_t> out;
  add_tree(process, deepest, out);
  return out;
}

void ThreadWatch::look() {
  for (const pid_t process : process_tree(process_)) {
    const fs::path tasks = fmt::format("/proc/{}/task", process);
    for (const pid_t task : numbers_in(tasks)) {
      const fs::path folder = tasks / std::to_string(task);
      const std::string cpus = value_of(text_of(folder / "status"), "Cpus_allowed_list:");
      if (cpus.empty()) continue;
      const std::vector<std::string> stat = fields_of(text_of(folder / "stat"));
      seen_[task] = {
          .cpus = cpus, .last_cpu = whole(stat, 36, -1), .busy_ns = busy_ns_of(folder, stat)};
    }
  }
}

std::vector<SeenThread> ThreadWatch::workers(std::int64_t count) const {
  std::vector<std::pair<pid_t, SeenThread>> busiest(seen_.begin(), seen_.end());
  std::ranges::stable_sort(
      busiest, [](const auto& a, const auto& b) { return a.second.busy_ns > b.second.busy_ns; });
  std::erase_if(busiest, [most = busiest.empty() ? 0 : busiest.front().second.busy_ns](
                             const auto& one) { return one.second.busy_ns * least_part < most; });
  if (busiest.size() > static_cast<std::size_t>(count))
    busiest.resize(static_cast<std::size_t>(count));
  std::ranges::sort(busiest, {}, &std::pair<pid_t, SeenThread>::first);
  std::vector<SeenThread> out;
  for (auto& [task, seen] : busiest) out.push_back(std::move(seen));
  out.resize(static_cast<std::size_t>(count));
  return out;
}

}  // namespace scalelaw::adapter
