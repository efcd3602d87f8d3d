// How experiments use the drivers of their config.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "adapter/placeholders.hpp"
#include "common/error.hpp"
#include "common/nearest.hpp"
#include "harness/config/driver.hpp"

namespace scalelaw::harness {
namespace {

using Words = std::vector<std::string>;

/// An experiment with one of its drivers.
class Use {
 public:
  Use(const Campaign& campaign, const Experiment& experiment, const ConfigDriver& driver)
      : campaign_(campaign), experiment_(experiment), driver_(driver) {}

  void check() const {
    if (driver_.keeps_contract()) return;  // what it needs it says when it is asked
    for (const std::string& name : adapter::parameters_of(driver_.command)) check_filled(name);
    check_size();
    check_weak();
  }

 private:
  [[noreturn]] void fail(int line, const std::string& what, const std::string& hint) const {
    throw Error(fmt::format("{}:{}: {}", campaign_.file, line, what), hint);
  }

  void check_size() const {
    const bool given = !experiment_.size.values.empty();
    if (adapter::has_placeholder(driver_.command, "size") == given) return;
    if (given) {
      fail(experiment_.size.line,
           fmt::format("'size' has no effect: the command of '{}' has no {{size}}", driver_.name()),
           "put {size} into the command, or omit it");
    }
    fail(
        experiment_.line,
        fmt::format("the command of '{}' has {{size}}, and the experiment no size", driver_.name()),
        "add size = ... to the experiment");
  }

  /// The key with the placeholder, and its line.
  [[nodiscard]] std::pair<std::string, int> key_with(const std::string& placeholder) const {
    const adapter::Definition& command = driver_.command;
    Words env;
    for (const auto& [name, value] : command.env) env.push_back(value);
    const std::pair<const char*, Words> texts[] = {{"command", command.command},
                                                   {"env", env},
                                                   {"folder", {command.folder}},
                                                   {"setup", command.setup},
                                                   {"teardown", command.teardown}};
    for (const auto& [key, words] : texts) {
      for (const std::string& word : words) {
        if (std::ranges::count(adapter::placeholders_in(word), placeholder) == 0) continue;
        return {key, driver_.lines.at(key)};
      }
    }
    return {"command", driver_.line};
  }

  void check_filled(const std::string& name) const {
    const auto is_it = [&](const Setting& setting) { return setting.name == name; };
    if (std::ranges::any_of(experiment_.params, is_it)) return;
    Words known(adapter::own_placeholders.begin(), adapter::own_placeholders.end());
    for (const Setting& setting : experiment_.params) known.push_back(setting.name);
    const std::string meant = nearest(name, known);
    const auto [key, line] = key_with(name);
    fail(line,
         fmt::format("'{}': nothing fills {{{}}}: the experiment '{}' has no such parameter", key,
                     name, experiment_.name.empty() ? driver_.name() : experiment_.name),
         meant.empty() ? fmt::format("add params = {{ {} = ... }} to it", name)
                       : fmt::format("did you mean {{{}}}?", meant));
  }

  void check_weak() const {
    if (std::ranges::count(experiment_.scaling, Scaling::weak) == 0) return;
    if (!driver_.command.work.empty() && adapter::has_placeholder(driver_.command, "size")) return;
    fail(experiment_.line,
         fmt::format("weak scaling of '{}' needs to know its work by size", driver_.name()),
         "add work = \"size\" (or size^2, ...) to the [[driver]], and {size} to its command");
  }

  const Campaign& campaign_;
  const Experiment& experiment_;
  const ConfigDriver& driver_;
};

const ConfigDriver& driver_of(const Campaign& campaign, const Experiment& experiment,
                              const std::string& name) {
  if (const ConfigDriver* found = campaign.find_driver(name)) return *found;
  Words known;
  for (const ConfigDriver& driver : campaign.drivers) known.push_back(driver.name());
  const std::string meant = nearest(name, known);
  throw Error(fmt::format("{}:{}: there is no driver '{}'", campaign.file, experiment.line, name),
              !meant.empty() ? fmt::format("did you mean '{}'?", meant)
              : known.empty()
                  ? "add a [[driver]] with that name; this project's own are chosen by `models`"
                  : fmt::format("choose one of: {}", fmt::join(known, ", ")));
}

/// The kernel of an experiment: that of all its drivers.
void take_kernel(const Campaign& campaign, Experiment& experiment, const ConfigDriver& driver) {
  if (driver.keeps_contract()) return;
  const std::string& kernel = driver.command.kernel;
  if (experiment.kernel.empty()) experiment.kernel = kernel;
  if (experiment.kernel == kernel) return;
  throw Error(fmt::format("{}:{}: the driver '{}' computes '{}', not '{}'", campaign.file,
                          experiment.line, driver.name(), kernel, experiment.kernel),
              fmt::format("drivers that are compared have one kernel: write kernel = \"{}\" in the "
                          "[[driver]], or another experiment",
                          experiment.kernel));
}

}  // namespace

void use_drivers(Campaign& campaign) {
  for (Experiment& experiment : campaign.experiments) {
    for (const std::string& name : experiment.drivers) {
      const ConfigDriver& driver = driver_of(campaign, experiment, name);
      const char* const mixed = !experiment.models.empty()         ? "models"
                                : !experiment.peers.empty()        ? "peers"
                                : !experiment.peer_options.empty() ? "peer_options"
                                                                   : nullptr;
      if (mixed != nullptr) {
        throw Error(
            fmt::format("{}:{}: '{}' beside 'driver'", campaign.file, experiment.line, mixed),
            "measure this project's own drivers in an experiment of their own");
      }
      if (std::ranges::count(experiment.drivers, name) > 1) {
        throw Error(
            fmt::format("{}:{}: 'driver' names '{}' twice", campaign.file, experiment.line, name),
            "name it once");
      }
      take_kernel(campaign, experiment, driver);
      Use(campaign, experiment, driver).check();
    }
  }
  for (const ConfigDriver& driver : campaign.drivers) {
    const auto uses_it = [&](const Experiment& experiment) {
      return std::ranges::count(experiment.drivers, driver.name()) > 0;
    };
    if (std::ranges::any_of(campaign.experiments, uses_it)) continue;
    throw Error(fmt::format("{}:{}: no experiment measures the driver '{}'", campaign.file,
                            driver.line, driver.name()),
                fmt::format("add driver = \"{}\" to an [[experiment]], or omit the [[driver]]",
                            driver.name()));
  }
}

}  // namespace scalelaw::harness
