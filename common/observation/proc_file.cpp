#include "common/observation/proc_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <vector>

#include "common/error.hpp"

namespace scalelaw {
namespace {

/// The next word of a line, which loses it.
std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(" \n"));
  line.remove_prefix(word.size());
  return word;
}

std::optional<double> number_of(std::string_view word) {
  double number = 0;
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (fault != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

/// The processor that a line of /proc/stat is about; -1: none.
int processor_of(std::string_view word) {
  if (!word.starts_with("cpu")) return -1;
  word.remove_prefix(3);
  int number = -1;
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), number);
  return fault == std::errc() && end == word.data() + word.size() ? number : -1;
}

}  // namespace

ProcFile::ProcFile(const std::string& path, std::size_t most)
    : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), text_(most, '\0') {
  if (file_.get() >= 0) return;
  throw Error(fmt::format("cannot read {}: {}", path, std::strerror(errno)),
              "let the container or the kernel show it");
}

std::string_view ProcFile::read() {
  const ssize_t count = ::pread(file_.get(), text_.data(), text_.size(), 0);
  return {text_.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
}

std::optional<double> steal_seconds(std::string_view proc_stat, std::span<const int> processors) {
  constexpr double steps_per_s = 100;  // USER_HZ, the same on every machine that we know
  constexpr int others = 7;            // user, nice, system, idle, iowait, irq, softirq
  double steps = 0;
  std::size_t found = 0;
  while (!proc_stat.empty() && found < processors.size()) {
    std::string_view line = proc_stat.substr(0, proc_stat.find('\n'));
    proc_stat.remove_prefix(std::min(line.size() + 1, proc_stat.size()));
    const int processor = processor_of(next_word(line));
    if (std::find(processors.begin(), processors.end(), processor) == processors.end()) continue;
    for (int i = 0; i < others; ++i) next_word(line);
    const std::optional<double> stolen = number_of(next_word(line));
    if (!stolen) return std::nullopt;
    steps += *stolen;
    ++found;
  }
  if (found < processors.size() || processors.empty()) return std::nullopt;
  return steps / steps_per_s;
}

std::optional<double> queued_seconds(std::string_view schedstat) {
  next_word(schedstat);  // what it has run
  const std::optional<double> waited_ns = number_of(next_word(schedstat));
  if (!waited_ns) return std::nullopt;
  return *waited_ns * 1e-9;
}

}  // namespace scalelaw
