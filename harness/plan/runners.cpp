#include "harness/plan/runners.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "common/error.hpp"
#include "common/nearest.hpp"
#include "harness/plan/drivers.hpp"

namespace scalelaw::harness {
namespace {

[[noreturn]] void fail(const std::string& file, int line, const std::string& what,
                       const std::string& hint) {
  throw Error(fmt::format("{}:{}: {}", file, line, what), hint);
}

/// A name close to a known one is a typing error.  Any other is a driver that was not built here.
void refuse_slip(const char* kind, const std::string& name, const std::vector<std::string>& there,
                 const Experiment& experiment, const std::string& file) {
  const std::string meant = nearest(name, there);
  if (meant.empty() || meant == name) return;
  fail(file, experiment.line, fmt::format("there is no {} '{}'", kind, name),
       fmt::format("did you mean '{}'?", meant));
}

std::string unusable_text(const DriverFacts& drivers, const std::string& program) {
  const auto found = drivers.unusable.find(program);
  return found == drivers.unusable.end() ? std::string() : found->second.text();
}

Runner find_model(const std::string& name, const Experiment& experiment, const std::string& file,
                  const DriverFacts& drivers) {
  const std::string program = model_program(name);
  Runner out;
  out.model.name = out.model.title = name;
  out.driver = drivers.find(name);
  out.missing = unusable_text(drivers, program);
  if (!out.missing.empty()) return out;
  if (out.driver == nullptr) {
    refuse_slip("model", name, drivers.model_names, experiment, file);
    out.missing = fmt::format("there is no {}: build it; cmake says what it needs", program);
    return out;
  }
  out.model = out.driver->model;
  if (!out.driver->has(experiment.kernel)) {
    out.missing = fmt::format("{} does not have this kernel", program);
  }
  return out;
}

Runner find_peer(const std::string& name, const Model& otherwise, const Experiment& experiment,
                 const std::string& file, const DriverFacts& drivers) {
  const std::string program = peer_program(name);
  Runner out{.model = otherwise,
             .implementation = name,
             .driver = nullptr,
             .missing = unusable_text(drivers, program),
             .is_peer = true};
  if (!out.missing.empty()) return out;
  const auto found = drivers.peers.find(name);
  if (found == drivers.peers.end()) {
    refuse_slip("peer", name, drivers.peer_names, experiment, file);
    out.missing = fmt::format("there is no {}: build it where its library is found", program);
    return out;
  }
  if (!found->second.has(experiment.kernel)) {
    fail(file, experiment.line,
         fmt::format("the peer '{}' does not have the kernel '{}'", name, experiment.kernel),
         fmt::format("it has: {}", fmt::join(names_of(found->second.kernels), ", ")));
  }
  out.model = found->second.model;
  out.driver = &found->second;
  return out;
}

/// A driver of the config.
Runner find_named(const std::string& name, const Experiment& experiment,
                  const DriverFacts& drivers) {
  Runner out{.model = {.name = name, .title = name},
             .implementation = name,
             .driver = nullptr,
             .missing = unusable_text(drivers, name),
             .is_peer = name != experiment.drivers.front()};
  const auto found = drivers.named.find(name);
  if (found == drivers.named.end()) return out;
  out.model = found->second.model;
  out.driver = &found->second;
  if (!out.driver->has(experiment.kernel)) {
    out.missing = fmt::format("'{}' does not have the kernel '{}'", name, experiment.kernel);
  }
  return out;
}

/// All models found: those that answered, the simplest first, then the others.
std::vector<std::string> all_models(const DriverFacts& drivers) {
  std::vector<std::string> out;
  for (const Driver& driver : drivers.models) out.push_back(driver.model.name);
  for (const std::string& name : drivers.model_names) {
    if (drivers.find(name) == nullptr) out.push_back(name);
  }
  return out;
}

}  // namespace

std::string did_you_mean(const std::string& word, const std::vector<std::string>& names) {
  if (names.empty()) return "the drivers here have none: scalelaw list shows what they have";
  const std::string meant = nearest(word, names);
  return meant.empty() ? fmt::format("choose one of: {}", fmt::join(names, ", "))
                       : fmt::format("did you mean '{}'?", meant);
}

std::vector<Runner> find_runners(const Experiment& experiment, const std::string& file,
                                 const DriverFacts& drivers) {
  std::vector<Runner> out;
  for (const std::string& name : experiment.drivers) {
    out.push_back(find_named(name, experiment, drivers));
  }
  if (!out.empty()) return out;
  for (const std::string& name :
       experiment.models.empty() ? all_models(drivers) : experiment.models) {
    out.push_back(find_model(name, experiment, file, drivers));
  }
  const Model first = out.empty() ? Model{} : out.front().model;
  for (const std::string& peer : experiment.peers) {
    out.push_back(find_peer(peer, first, experiment, file, drivers));
  }
  return out;
}

}  // namespace scalelaw::harness
