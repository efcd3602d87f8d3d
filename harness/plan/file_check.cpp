#include "harness/plan/file_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

#include "harness/plan/drivers.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// Whether a parameter that is free text is set: such parameters name files and folders.
bool names_files(const std::vector<ParamFacts>& known, const json& params) {
  return std::any_of(known.begin(), known.end(), [&](const ParamFacts& param) {
    const auto value = params.find(param.name);
    return param.type == ValueType::text && value != params.end() && *value != "";
  });
}

/// A question about files.
struct Question {
  std::string kernel;
  const Driver* driver = nullptr;
  nlohmann::json params, options;
};

/// The faults that a driver reports in the files that the parameters name.
std::vector<Error> ask(const Question& about, std::int64_t seed) {
  const Driver& driver = *about.driver;
  if (!names_files(driver.kernels.at(about.kernel).params, about.params)) return {};
  Command command{{driver.program}, {}, {}};
  for (const std::string& word : driver.words) command.argv.push_back(word);
  for (const std::string& word :
       {about.kernel, std::string("--check"), std::string("--seed"), std::to_string(seed)}) {
    command.argv.push_back(word);
  }
  for (const json* values : {&about.params, &about.options}) {
    for (const std::string& word : option_words(*values)) command.argv.push_back(word);
  }
  const Printed printed = read_process(command, 0);  // a large folder takes its time
  if (printed.exit_code == 0) return {};
  std::vector<Error> faults = parse_complaints(printed.err, driver.program.filename());
  if (faults.empty()) {
    faults.emplace_back(
        fmt::format("'{}' ended with exit code {}", to_string(command), printed.exit_code),
        "run it by hand to see why");
  }
  return faults;
}

/// The driver that knows a point's files; null for a peer, whose files are those of ours.
const Driver* driver_of(const Point& point, const DriverFacts& drivers) {
  if (!point.is_ours()) return nullptr;
  const auto named = drivers.named.find(point.implementation);
  return named == drivers.named.end() ? drivers.find(point.model.name) : &named->second;
}

/// Each fault with `where` before it.
std::vector<Error> at(const std::string& where, const std::vector<Error>& faults) {
  std::vector<Error> out;
  out.reserve(faults.size());
  for (const Error& fault : faults) {
    out.emplace_back(fmt::format("{}: {}", where, fault.what()), fault.hint());
  }
  return out;
}

}  // namespace

std::vector<Error> parse_complaints(const std::string& text, const std::string& program) {
  const std::string start = program + ": ";
  constexpr std::string_view hint_start = "  hint: ";
  std::vector<std::pair<std::string, std::string>> found;  // what, hint
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(start)) {
      found.emplace_back(line.substr(start.size()), "");
    } else if (found.empty()) {
      found.emplace_back(line, "");
    } else if (line.starts_with(hint_start)) {
      found.back().second = line.substr(hint_start.size());
    } else {
      found.back().first += "\n" + line;
    }
  }
  std::vector<Error> out;
  out.reserve(found.size());
  for (const auto& [what, hint] : found) out.emplace_back(what, hint);
  return out;
}

std::vector<Error> find_file_faults(const std::vector<Point>& points, const DriverFacts& drivers,
                                    std::int64_t seed) {
  std::vector<Error> out;
  std::set<std::tuple<std::string, json, std::string>> asked;
  for (const Point& point : points) {
    const Driver* driver = driver_of(point, drivers);
    if (point.state != State::pending || driver == nullptr || !driver->has(point.kernel)) continue;
    // The options do not matter, except for the task: what it does with the files.
    if (!asked.emplace(point.kernel, point.params, point.task()).second) continue;
    const Question about{
        .kernel = point.kernel, .driver = driver, .params = point.params, .options = point.options};
    const std::vector<Error> faults = at(fmt::format("'{}'", point.experiment), ask(about, seed));
    out.insert(out.end(), faults.begin(), faults.end());
  }
  return out;
}

std::vector<Error> find_file_faults(const Refusal& refusal, std::int64_t seed) {
  const Question about{.kernel = refusal.kernel,
                       .driver = &refusal.driver,
                       .params = refusal.params,
                       .options = refusal.options};
  const std::vector<Error> faults = ask(about, seed);
  return faults.empty() ? std::vector<Error>{refusal.fault} : at(refusal.where, faults);
}

}  // namespace scalelaw::harness
