#include "harness/exchange/metric.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <string_view>

#include "common/error.hpp"
#include "harness/exchange/import_command.hpp"
#include "harness/exchange/suggestion.hpp"

namespace scalelaw::harness {
namespace {

constexpr std::array<std::string_view, 6> time_words{"time",    "second",   "wall",
                                                     "elapsed", "duration", "runtime"};

/// Whether a metric of that name is a time.  One without a name is the only one, and is taken for it.
bool is_time(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (name.empty() || name == "<default>") return true;
  return std::any_of(time_words.begin(), time_words.end(),
                     [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

}  // namespace

std::string chosen_metric(const std::vector<std::string>& names, const ImportOptions& options) {
  const std::string& wanted = options.metric;
  if (names.empty()) return wanted;  // of a file without any time
  const std::string all = fmt::format("the file has: {}", fmt::join(names, ", "));
  if (!wanted.empty()) {
    if (std::find(names.begin(), names.end(), wanted) != names.end()) return wanted;
    const std::string near = suggestion(wanted, names);
    throw Error(fmt::format("there is no metric '{}'{}", wanted, near), all);
  }
  std::vector<std::string> times;
  std::copy_if(names.begin(), names.end(), std::back_inserter(times), is_time);
  if (times.size() == 1) return times.front();
  throw Error(
      times.empty() ? "no metric is a time by its name"
                    : fmt::format("several metrics are times: {}", fmt::join(times, ", ")),
      fmt::format("{}; choose one, for example: {}", all,
                  import_command(options, {"--metric", (times.empty() ? names : times).front()})));
}

}  // namespace scalelaw::harness
