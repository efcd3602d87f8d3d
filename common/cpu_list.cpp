#include "common/cpu_list.hpp"

#include <fmt/format.h>
#include <hwloc.h>

#include <charconv>
#include <cstdlib>
#include <memory>
#include <type_traits>

#include "common/error.hpp"

namespace scalelaw {
namespace {

/// No Linux system has more; a larger number would only waste memory.
constexpr int highest_cpu = 65535;

using Bitmap = std::unique_ptr<std::remove_pointer_t<hwloc_bitmap_t>, decltype(&hwloc_bitmap_free)>;

Bitmap make_bitmap() {
  return {hwloc_bitmap_alloc(), &hwloc_bitmap_free};
}

/// Removes the number at the front of `rest` and returns it; -1 if it is not a valid CPU number.
int take_cpu(std::string_view& rest) {
  int cpu = -1;
  const auto [end, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), cpu);
  if (fault != std::errc{} || cpu < 0 || cpu > highest_cpu) return -1;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return cpu;
}

/// hwloc ignores what it cannot read, such as "3-1" and "x", so the form is checked first.
bool is_cpu_list(std::string_view rest) {
  while (true) {
    const int low = take_cpu(rest);
    if (low < 0) return false;
    if (rest.starts_with('-')) {
      rest.remove_prefix(1);
      if (take_cpu(rest) < low) return false;
    }
    if (rest.empty()) return true;
    if (rest.front() != ',') return false;
    rest.remove_prefix(1);
  }
}

}  // namespace

std::vector<int> parse_cpu_list(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty()) return {};
  if (!is_cpu_list(text)) {
    throw Error(fmt::format("'{}' is not a CPU list", text), "write it like 0-3,8");
  }
  const Bitmap set = make_bitmap();
  hwloc_bitmap_list_sscanf(set.get(), std::string(text).c_str());
  std::vector<int> cpus;
  for (int cpu = hwloc_bitmap_first(set.get()); cpu >= 0; cpu = hwloc_bitmap_next(set.get(), cpu)) {
    cpus.push_back(cpu);
  }
  return cpus;
}

std::string format_cpu_list(const std::vector<int>& cpus) {
  const Bitmap set = make_bitmap();
  for (const int cpu : cpus) hwloc_bitmap_set(set.get(), static_cast<unsigned>(cpu));
  char* text = nullptr;
  if (hwloc_bitmap_list_asprintf(&text, set.get()) < 0) return {};
  const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
  return text;
}

}  // namespace scalelaw
