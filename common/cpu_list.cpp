#include "common/cpu_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>

#include "common/error.hpp"

namespace scalelaw {
namespace {

/// No Linux system has more; a larger number would only waste memory.
constexpr int highest_cpu = 65535;

/// Removes the number at the front of `rest` and returns it; -1 if it is not a valid CPU number.
int take_cpu(std::string_view& rest) {
  int cpu = -1;
  const auto [end, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), cpu);
  if (fault != std::errc{} || cpu < 0 || cpu > highest_cpu) return -1;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return cpu;
}

/// Removes "N" or "N-M" at the front of `rest`, and adds its numbers.  False when there is neither.
bool take_run(std::string_view& rest, std::vector<int>& cpus) {
  const int low = take_cpu(rest);
  if (low < 0) return false;
  int high = low;
  if (rest.starts_with('-')) {
    rest.remove_prefix(1);
    high = take_cpu(rest);
  }
  for (int cpu = low; cpu <= high; ++cpu) cpus.push_back(cpu);
  return high >= low;
}

/// Whether all of `rest` was read.
bool take_list(std::string_view rest, std::vector<int>& cpus) {
  while (take_run(rest, cpus)) {
    if (rest.empty()) return true;
    if (rest.front() != ',') return false;
    rest.remove_prefix(1);
  }
  return false;
}

}  // namespace

std::vector<int> parse_cpu_list(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty()) return {};
  std::vector<int> cpus;
  if (!take_list(text, cpus)) {
    throw Error(fmt::format("'{}' is not a CPU list", text), "write it like 0-3,8");
  }
  std::ranges::sort(cpus);
  cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
  return cpus;
}

std::string format_cpu_list(const std::vector<int>& cpus) {
  const std::set<int> sorted(cpus.begin(), cpus.end());
  std::string text;
  for (auto first = sorted.begin(); first != sorted.end();) {
    int high = *first;
    auto next = std::next(first);
    while (next != sorted.end() && *next == high + 1) high = *next++;
    text += text.empty() ? "" : ",";
    text += high == *first ? fmt::format("{}", high) : fmt::format("{}-{}", *first, high);
    first = next;
  }
  return text;
}

}  // namespace scalelaw
