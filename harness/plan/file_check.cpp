#include "harness/plan/file_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "harness/plan/drivers.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// The model of a driver that has the kernel.
std::optional<Model> model_for(const std::string& kernel, const DriverFacts& drivers) {
  for (const auto& [model, catalog] : drivers.models) {
    if (catalog.kernels.contains(kernel)) return model;
  }
  return {};
}

/// Whether a parameter that is a free text is set: those name files and folders.
bool names_files(const std::vector<ParamFacts>& known, const json& params) {
  return std::any_of(known.begin(), known.end(), [&](const ParamFacts& param) {
    const auto value = params.find(param.name);
    return param.type == "text" && value != params.end() && *value != "";
  });
}

/// What is wrong with the files that `params` name.  They may have driver options among them.
std::vector<Error> ask(const std::string& kernel, const json& params, const DriverFacts& drivers,
                       const std::filesystem::path& folder, std::int64_t seed) {
  const std::optional<Model> model = model_for(kernel, drivers);
  if (!model || !names_files(drivers.models.at(*model).kernels.at(kernel).params, params))
    return {};
  const std::filesystem::path program = driver_program(folder, *model);
  Command command{{program, kernel, "--check", "--seed", std::to_string(seed)}, {}, {}};
  for (const auto& [name, value] : params.items()) {
    for (const std::string& word : option_words(name, value)) command.argv.push_back(word);
  }
  const Printed printed = read_process(command, 0);  // a large folder takes its time
  if (printed.exit_code == 0) return {};
  std::vector<Error> faults = parse_complaints(printed.err, program.filename());
  if (faults.empty()) {
    faults.emplace_back(
        fmt::format("'{}' ended with exit code {}", to_string(command), printed.exit_code),
        "run it by hand to see why");
  }
  return faults;
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
                                    const std::filesystem::path& folder, std::int64_t seed) {
  std::vector<Error> out;
  std::set<std::pair<std::string, json>> asked;
  for (const Point& point : points) {
    if (point.state != State::pending || point.implementation != "scalelaw") continue;
    json params = point.params;
    if (point.mode() != "data") params["mode"] = point.mode();
    if (!asked.emplace(point.kernel, params).second) continue;
    const std::vector<Error> faults =
        at(fmt::format("'{}'", point.experiment), ask(point.kernel, params, drivers, folder, seed));
    out.insert(out.end(), faults.begin(), faults.end());
  }
  return out;
}

std::vector<Error> find_file_faults(const Refusal& refusal, const DriverFacts& drivers,
                                    const std::filesystem::path& folder, std::int64_t seed) {
  const std::vector<Error> faults = ask(refusal.kernel, refusal.params, drivers, folder, seed);
  return faults.empty() ? std::vector<Error>{refusal.fault} : at(refusal.where, faults);
}

}  // namespace scalelaw::harness
