#include "harness/plan/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "common/nearest.hpp"
#include "common/quantity.hpp"
#include "harness/config/value.hpp"
#include "harness/plan/faults.hpp"
#include "harness/plan/placements.hpp"
#include "harness/plan/size.hpp"
#include "harness/plan/sweep.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// Last-level caches that an automatic size fills, and the share of the free memory that it may
/// take.
constexpr double caches_filled = 4;
constexpr double memory_share = 0.5;

/// Who runs a series: the project's driver of a model, or a peer's.
struct Runner {
  Model model = Model::serial;
  std::string implementation = "scalelaw";
  std::string missing;  ///< why it cannot; empty: it can
};

/// One size of an experiment with one set of the other parameters.
struct Subject {
  json params;     ///< with the size
  json described;  ///< the driver's answer to them
  std::string note;
};

/// A Refusal on its way to the plan.
struct RefusedParams {
  Refusal refusal;
};

template <class T>
std::vector<std::string> names_of(const std::map<std::string, T>& all) {
  std::vector<std::string> out;
  for (const auto& [name, value] : all) out.push_back(name);
  return out;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
  const std::string meant = nearest(word, names);
  return meant.empty() ? fmt::format("choose one of: {}", fmt::join(names, ", "))
                       : fmt::format("did you mean '{}'?", meant);
}

/// Plans one experiment.
class Planner {
 public:
  Planner(const Campaign& campaign, const Experiment& experiment, const Machine& machine,
          const DriverFacts& drivers, Plan& out)
      : campaign_(campaign),
        experiment_(experiment),
        machine_(machine),
        drivers_(drivers),
        out_(out.points),
        faults_(out.faults),
        refusals_(out.refusals) {}

  void plan() {
    attempt([&] {
      kernel_ = find_kernel();
      if (is_written_well()) add_all_series(find_runners());
    });
  }

 private:
  /// Runs `step` and keeps the Error that it throws, so that one fault does not hide the next.
  template <class F>
  void attempt(F&& step) {
    try {
      step();
    } catch (const Error& fault) {
      faults_.push_back(fault);
    } catch (const RefusedParams& refused) {
      refusals_.push_back(refused.refusal);
    }
  }

  /// What needs no answer of the driver.
  bool is_written_well() {
    const std::size_t before = faults_.size();
    check_params();
    attempt([&] { check_modes(); });
    attempt([&] { check_options_used(experiment_, campaign_.file); });
    attempt([&] { check_axes_used(experiment_, campaign_.file); });
    return faults_.size() == before;
  }

  void add_all_series(const std::vector<Runner>& runners) {
    for (const Scaling scaling : experiment_.scaling) {
      for (const Subject& subject : subjects(scaling)) {
        for (const Runner& runner : runners) {
          for (const json& options : options_of(runner)) {
            attempt([&] {
              check_described(subject, options);
              add_series(scaling, subject, runner, options);
            });
          }
        }
      }
    }
  }

  [[noreturn]] void fail(int line, const std::string& what, const std::string& hint) const {
    throw Error(fmt::format("{}:{}: {}", campaign_.file, line, what), hint);
  }

  KernelFacts find_kernel() const {
    std::map<std::string, KernelFacts> all;
    for (const auto& [model, catalog] : drivers_.models) {
      all.insert(catalog.kernels.begin(), catalog.kernels.end());
    }
    const auto found = all.find(experiment_.kernel);
    if (found == all.end()) {
      fail(experiment_.line, fmt::format("unknown kernel '{}'", experiment_.kernel),
           did_you_mean(experiment_.kernel, names_of(all)));
    }
    return found->second;
  }

  void check_param(const Setting& setting, const std::vector<std::string>& names) const {
    if (setting.name == kernel_.size_parameter && !experiment_.size.values.empty()) {
      fail(setting.line,
           fmt::format("'{}' is the size of '{}', which 'size' gives already", setting.name,
                       experiment_.kernel),
           "keep one of them");
    }
    if (setting.name == "seed") {
      fail(setting.line, "'seed' is the campaign's", "set seed in [campaign]");
    }
    if (std::find(names.begin(), names.end(), setting.name) == names.end()) {
      fail(setting.line,
           fmt::format("'{}' has no parameter '{}'", experiment_.kernel, setting.name),
           did_you_mean(setting.name, names));
    }
  }

  void check_params() {
    std::vector<std::string> names;
    for (const ParamFacts& param : kernel_.params) names.push_back(param.name);
    for (const Setting& setting : experiment_.params) {
      attempt([&] { check_param(setting, names); });
    }
  }

  void check_modes() const {
    for (const Setting& setting : experiment_.options) {
      if (setting.name != "mode") continue;
      for (const json& mode : setting.values) {
        if (std::find(kernel_.modes.begin(), kernel_.modes.end(), mode) != kernel_.modes.end()) {
          continue;
        }
        fail(setting.line,
             fmt::format("'{}' has no mode '{}'", experiment_.kernel, mode.get<std::string>()),
             fmt::format("it has: {}", fmt::join(kernel_.modes, ", ")));
      }
    }
  }

  /// What a driver can say of options before it runs: a pipeline asks for a folder to write, an
  /// instruction set may not be there.
  void check_described(const Subject& subject, const json& options) const {
    json asked = subject.params;
    int line = experiment_.line;
    for (const Setting& setting : experiment_.options) {
      if (setting.name != "isa" || !options.contains("isa")) continue;
      asked["isa"] = options["isa"];
      line = setting.line;
    }
    if (options.contains("mode")) asked["mode"] = options["mode"];
    if (asked != subject.params) describe_written(asked, line);
  }

  std::vector<Runner> find_runners() const {
    std::vector<Runner> out;
    for (const Model model : experiment_.models) {
      Runner runner{model, "scalelaw", {}};
      const auto found = drivers_.models.find(model);
      const auto unusable = drivers_.unusable.find(fmt::format("scalelaw-{}", to_string(model)));
      if (unusable != drivers_.unusable.end()) {
        runner.missing = unusable->second.text();
      } else if (found == drivers_.models.end()) {
        runner.missing = fmt::format("there is no scalelaw-{}: build it, with {}", to_string(model),
                                     model == Model::openmp   ? "OpenMP"
                                     : model == Model::hybrid ? "MPI and OpenMP"
                                                              : "MPI");
      } else if (!found->second.kernels.contains(experiment_.kernel)) {
        runner.missing = fmt::format("scalelaw-{} does not have this kernel", to_string(model));
      }
      out.push_back(std::move(runner));
    }
    for (const std::string& peer : experiment_.peers) out.push_back(find_peer(peer));
    return out;
  }

  Runner find_peer(const std::string& name) const {
    const auto found = drivers_.peers.find(name);
    const auto unusable = drivers_.unusable.find("scalelaw-peer-" + name);
    if (unusable != drivers_.unusable.end()) {
      return {experiment_.models.front(), name, unusable->second.text()};
    }
    if (found == drivers_.peers.end()) {
      // A name close to one that is there is a slip; any other, a peer that was not built here.
      const std::string meant = nearest(name, drivers_.peer_names);
      if (!meant.empty()) {
        fail(experiment_.line, fmt::format("there is no peer '{}'", name),
             fmt::format("did you mean '{}'?", meant));
      }
      return {
          experiment_.models.front(), name,
          fmt::format("there is no scalelaw-peer-{}: build it where its library is found", name)};
    }
    if (!found->second.kernels.contains(experiment_.kernel)) {
      fail(experiment_.line,
           fmt::format("the peer '{}' does not have the kernel '{}'", name, experiment_.kernel),
           fmt::format("it has: {}", fmt::join(names_of(found->second.kernels), ", ")));
    }
    return {found->second.model, name, {}};
  }

  std::vector<json> options_of(const Runner& runner) const {
    if (runner.implementation != "scalelaw") return {json::object()};
    return option_sets(experiment_, runner.model);
  }

  json describe(const json& params) const {
    return drivers_.describe(experiment_.kernel, params, campaign_.seed);
  }

  /// describe(), a refusal being the config's fault.
  /// Errors: throws RefusedParams.
  json describe_written(const json& params, int line) const {
    try {
      return describe(params);
    } catch (const Error& error) {
      const std::string where = fmt::format("{}:{}: {}", campaign_.file, line, experiment_.kernel);
      throw RefusedParams{{experiment_.kernel, params, where,
                           Error(fmt::format("{}: {}", where, error.what()), error.hint())}};
    }
  }

  /// The sizes and parameters to run; `scaling` matters to "auto", which must leave room for the
  /// largest placement.
  std::vector<Subject> subjects(Scaling scaling) {
    std::vector<Subject> out;
    for (const json& others : combinations(experiment_.params)) {
      if (experiment_.size.values.empty()) {
        attempt([&] { out.push_back(as_written(others, experiment_.line)); });
      }
      for (const json& size : experiment_.size.values) {
        attempt([&] {
          out.push_back(size == "auto" ? automatic(others, scaling)
                                       : as_written(sized(others, size), experiment_.size.line));
        });
      }
    }
    return out;
  }

  Subject as_written(const json& params, int line) const {
    return with_size(params, describe_written(params, line));
  }

  /// Writes the size out among the parameters, unless it is that of an input.
  Subject with_size(json params, json described) const {
    const std::string name = described.value("size_parameter", kernel_.size_parameter);
    if (!name.empty()) params[name] = described.at("params").at(name);
    return {std::move(params), std::move(described), {}};
  }

  std::int64_t most_workers() const {
    std::int64_t most = 1;
    for (const Model model : experiment_.models) {
      for (const Planned& planned : placements_of(experiment_, model, machine_, campaign_.file)) {
        if (planned.skip.empty()) most = std::max(most, planned.placement.workers());
      }
    }
    return most;
  }

  /// Memory-bound kernels: so much input that no cache holds it.  Others: the kernel's own size.
  Subject automatic(const json& others, Scaling scaling) const {
    Subject out = with_size(others, describe_written(others, experiment_.size.line));
    if (!out.params.contains(kernel_.size_parameter)) {
      out.note = "size auto: that of the input";
      return out;
    }
    const json& work = out.described.at("work");
    if (!work.at("memory_bound").get<bool>() || machine_.last_level_cache_bytes == 0) {
      out.note = fmt::format("size auto: {} = {}, the kernel's own", kernel_.size_parameter,
                             serialize(out.params.at(kernel_.size_parameter)));
      return out;
    }
    const double wanted = caches_filled * static_cast<double>(machine_.last_level_cache_bytes);
    const auto workers = static_cast<double>(scaling == Scaling::weak ? most_workers() : 1);
    const double room =
        machine_.memory_bytes > 0 ? memory_share * machine_.memory_bytes / workers : wanted;
    const std::int64_t size = solve_size(
        [&](std::int64_t n) {
          return resident_bytes(describe_written(sized(others, n), experiment_.size.line));
        },
        std::min(wanted, room), out.params.at(kernel_.size_parameter).get<std::int64_t>());
    out.params = sized(others, size);
    out.described = describe(out.params);
    out.note = fmt::format("size auto: {} = {}, {}", kernel_.size_parameter, size,
                           wanted <= room ? fmt::format("4 times the last-level cache of {}",
                                                        format_bytes(wanted / caches_filled))
                                          : fmt::format("bounded by the memory available, {}",
                                                        format_bytes(machine_.memory_bytes)));
    return out;
  }

  json sized(json params, const json& size) const {
    params[kernel_.size_parameter] = size;
    return params;
  }

  static double resident_bytes(const json& described) {
    return described.at("work").at("resident_bytes").get<double>();
  }
  static double operations(const json& described) {
    return described.at("work").at("operations").get<double>();
  }

  void add_series(Scaling scaling, const Subject& subject, const Runner& runner,
                  const json& options) {
    const std::int64_t series = out_.empty() ? 0 : out_.back().series + 1;
    for (const Planned& planned :
         placements_of(experiment_, runner.model, machine_, campaign_.file)) {
      Point point;
      point.experiment = experiment_.name;
      point.kernel = experiment_.kernel;
      point.implementation = runner.implementation;
      point.model = runner.model;
      point.scaling = scaling;
      point.series = series;
      point.options = options;
      point.placement = planned.placement;
      point.oversubscribed = planned.oversubscribed;
      point.params = subject.params;
      point.reason = subject.note;
      json described = subject.described;
      std::string skip = !runner.missing.empty() ? runner.missing : planned.skip;
      if (scaling == Scaling::weak && point.placement.workers() > 1 && skip.empty()) {
        skip = grow(point, described, subject);
      }
      point.work = described.at("work");
      if (skip.empty()) skip = check_memory(point);
      if (!skip.empty()) {
        point.state = State::skipped;
        point.reason = skip;
      }
      point.id = identity_of(point, described.at("params"));
      out_.push_back(std::move(point));
    }
  }

  /// Gives a weak point as many times the work of one worker as it has workers.  Returns why it
  /// cannot; empty when it can.
  std::string grow(Point& point, json& described, const Subject& one) const {
    if (!one.params.contains(kernel_.size_parameter)) return "an input does not grow with workers";
    const auto workers = static_cast<double>(point.placement.workers());
    const auto size = one.params.at(kernel_.size_parameter).get<std::int64_t>();
    try {
      const std::int64_t grown =
          solve_size([&](std::int64_t n) { return operations(describe(sized(one.params, n))); },
                     workers * operations(one.described),
                     static_cast<std::int64_t>(static_cast<double>(size) * workers));
      point.params = sized(one.params, grown);
      described = describe(point.params);
      return {};
    } catch (const Error& error) {
      return fmt::format("no size has {} times the work: {}", workers, error.what());
    }
  }

  /// Returns why a weak point is skipped; a size that the config wrote is an error.
  std::string check_memory(const Point& point) const {
    const double need = memory_need(point);
    if (machine_.memory_bytes <= 0 || need <= machine_.memory_bytes) return {};
    std::string what = fmt::format("'{}' needs {}, {} available", experiment_.name,
                                   format_bytes(need), format_bytes(machine_.memory_bytes));
    if (point.scaling == Scaling::weak && point.placement.workers() > 1) return what;
    const int line = experiment_.size.line > 0 ? experiment_.size.line : experiment_.line;
    fail(line, what, "choose a smaller size, or size = \"auto\"");
  }

  const Campaign& campaign_;
  const Experiment& experiment_;
  const Machine& machine_;
  const DriverFacts& drivers_;
  std::vector<Point>& out_;
  std::vector<Error>& faults_;
  std::vector<Refusal>& refusals_;
  KernelFacts kernel_;
};

}  // namespace

Plan find_plan(const Campaign& campaign, const Machine& machine, const DriverFacts& drivers) {
  Plan out;
  for (const Experiment& experiment : campaign.experiments) {
    Planner(campaign, experiment, machine, drivers, out).plan();
  }
  // Two experiments may ask for the same point, each for a series of its own.
  std::map<std::string, int> seen;
  for (Point& point : out.points) {
    const int times = ++seen[point.id];
    if (times > 1) point.id += fmt::format(" #{}", times);
  }
  return out;
}

std::vector<Point> make_plan(const Campaign& campaign, const Machine& machine,
                             const DriverFacts& drivers) {
  Plan plan = find_plan(campaign, machine, drivers);
  for (const Refusal& refusal : plan.refusals) plan.faults.push_back(refusal.fault);
  throw_faults(plan.faults);
  return std::move(plan.points);
}

std::string identity_of(const Point& point, const json& all_params) {
  std::string out =
      fmt::format("{} {}/{} {} {}x{}x{}", point.kernel, point.implementation,
                  to_string(point.model), to_string(point.scaling), point.placement.nodes,
                  point.placement.ranks_per_node, point.placement.threads);
  for (const auto& [name, value] : all_params.items()) {
    const std::string text = json_text(value);
    if (!text.empty()) out += fmt::format(" {}={}", name, text);
  }
  for (const auto& [name, value] : point.options.items()) {
    out += fmt::format(" --{}={}", name, json_text(value));
  }
  return out;
}

double memory_need(const Point& point) {
  // Its files are never in memory all at once; how many are, its driver checks.
  if (point.mode() == "pipeline") return 0;
  const double input = point.work.at("resident_bytes").get<double>();
  const auto ranks = static_cast<double>(point.placement.ranks());
  const auto here = static_cast<double>(point.placement.ranks_per_node);
  if (point.options.value("data", "local") == "scatter") return input * (1 + (here - 1) / ranks);
  // Any rank may be dealt any item, so each holds them all.
  if (point.options.value("distribution", "block") == "dynamic" &&
      !point.options.contains("data")) {
    return input * here;
  }
  return input * here / ranks;
}

}  // namespace scalelaw::harness
