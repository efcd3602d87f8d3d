#include "harness/plan/plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "common/quantity.hpp"
#include "harness/config/value.hpp"
#include "harness/plan/faults.hpp"
#include "harness/plan/options.hpp"
#include "harness/plan/placements.hpp"
#include "harness/plan/runners.hpp"
#include "harness/plan/size.hpp"
#include "harness/plan/sweep.hpp"
#include "harness/results/identity.hpp"
#include "harness/results/work.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// One size of an experiment with one set of the other parameters.
struct Subject {
  json params;     ///< with the size
  json described;  ///< the driver's answer to them
  std::string note;
};

/// A Refusal, thrown until the plan catches it.
struct RefusedParams {
  Refusal refusal;
};

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
      take_only_kernel();
      sizer_ = find_sizer();
      kernel_ = sizer_->kernels.at(experiment_.kernel);
      if (is_written_well()) add_all_series();
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

  /// Checks everything that the drivers' descriptions of themselves suffice for.
  bool is_written_well() {
    const std::size_t before = faults_.size();
    check_params();
    attempt([&] { runners_ = find_runners(experiment_, campaign_.file, drivers_); });
    options_ = checked_options(experiment_, campaign_.file, drivers_, faults_);
    peer_options_ = checked_peer_options(experiment_, campaign_.file, drivers_, faults_);
    check_used();
    return faults_.size() == before;
  }

  /// Checks that all axes and options are used, unless a driver did not answer: nothing is known
  /// about what that one could use.
  void check_used() {
    if (runners_.empty()) return;
    std::vector<OptionUser> users, peers;
    std::vector<Model> models;
    for (const Runner& runner : runners_) {
      if (runner.driver == nullptr) return;
      models.push_back(runner.model);
      (runner.is_peer ? peers : users).push_back(option_user(runner, experiment_, drivers_));
    }
    check_options_used(options_, users, experiment_, campaign_.file, faults_);
    check_options_used(peer_options_, peers, experiment_, campaign_.file, faults_);
    attempt([&] { check_axes_used(experiment_, models, campaign_.file); });
  }

  void add_all_series() {
    for (const Scaling scaling : experiment_.scaling) {
      for (const Subject& subject : subjects(scaling)) {
        for (const Runner& runner : runners_) {
          for (const json& options : options_of(runner)) {
            attempt([&] { add_series(scaling, subject, runner, options); });
          }
        }
      }
    }
  }

  [[noreturn]] void fail(int line, const std::string& what, const std::string& hint) const {
    throw Error(fmt::format("{}:{}: {}", campaign_.file, line, what), hint);
  }

  /// An experiment of a driver of the config need not name its only kernel.
  void take_only_kernel() {
    if (!experiment_.kernel.empty()) return;
    const std::string& name = experiment_.drivers.front();
    const auto found = drivers_.named.find(name);
    if (found == drivers_.named.end()) fail_of_driver(name);
    const std::vector<std::string> kernels = names_of(found->second.kernels);
    if (kernels.size() > 1) {
      fail(experiment_.line, fmt::format("the driver '{}' has several kernels", name),
           fmt::format("add kernel = ... to the experiment: {}", fmt::join(kernels, ", ")));
    }
    experiment_.kernel = kernels.front();
  }

  /// Why a driver of the config cannot be used.
  [[noreturn]] void fail_of_driver(const std::string& name) const {
    const ConfigDriver* driver = campaign_.find_driver(name);
    const auto found = drivers_.unusable.find(name);
    const int line = driver == nullptr ? experiment_.line : driver->line;
    if (found == drivers_.unusable.end()) {
      fail(line,
           fmt::format("the driver '{}' does not have the kernel '{}'", name, experiment_.kernel),
           "scalelaw check-driver PROGRAM lists its kernels");
    }
    fail(line, fmt::format("the driver '{}': {}", name, found->second.why), found->second.remedy);
  }

  /// The driver that is asked about sizes.  Any will do, because options do not change the amount
  /// of work.
  const Driver* find_sizer() const {
    const std::vector<const Driver*> all_with = drivers_.of(experiment_);
    if (!all_with.empty()) return all_with.front();
    if (!experiment_.drivers.empty()) fail_of_driver(experiment_.drivers.front());
    std::map<std::string, bool> all;
    for (const Driver& driver : drivers_.models) {
      for (const auto& [name, kernel] : driver.kernels) all[name] = true;
    }
    fail(experiment_.line, fmt::format("unknown kernel '{}'", experiment_.kernel),
         did_you_mean(experiment_.kernel, names_of(all)));
  }

  void check_param(const Setting& setting, const std::vector<std::string>& names) const {
    if (setting.name == kernel_.size_parameter && !experiment_.size.values.empty()) {
      fail(setting.line,
           fmt::format("'{}' is the size of '{}', which 'size' already gives", setting.name,
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

  /// The options of a runner.  Peers have those that are set for them, and else none: they are
  /// measured as they are.
  std::vector<json> options_of(const Runner& runner) const {
    if (runner.is_peer && runner.driver == nullptr) return {json::object()};
    return option_sets(runner.is_peer ? peer_options_ : options_,
                       option_user(runner, experiment_, drivers_));
  }

  json describe(const json& params) const {
    return drivers_.describe(*sizer_, experiment_.kernel, params, json::object(), campaign_.seed);
  }

  Refusal refusal(const Driver& driver, const json& params, const json& options, int line,
                  const Error& error) const {
    const std::string where = fmt::format("{}:{}: {}", campaign_.file, line, experiment_.kernel);
    return {.kernel = experiment_.kernel,
            .driver = driver,
            .params = params,
            .options = options,
            .where = where,
            .fault = Error(fmt::format("{}: {}", where, error.what()), error.hint())};
  }

  /// describe(), with a refusal as a fault of the config.
  /// Errors: throws RefusedParams.
  json describe_written(const json& params, int line) const {
    try {
      return describe(params);
    } catch (const Error& error) {
      throw RefusedParams{refusal(*sizer_, params, json::object(), line, error)};
    }
  }

  /// The work of a point, from its own driver with its options.
  json work_of(const Runner& runner, const json& params, const json& options) const {
    return drivers_.describe(*runner.driver, experiment_.kernel, params, options, campaign_.seed)
        .at("work");
  }

  /// The line of the option that a driver refuses on its own; else that of the first option, or of
  /// the experiment.
  int line_of_refused(const Runner& runner, const json& params, const json& options) const {
    int line = experiment_.line;
    for (auto setting = options_.rbegin(); setting != options_.rend(); ++setting) {
      if (!options.contains(setting->name)) continue;
      line = setting->line;
      try {
        (void)work_of(runner, params, {{setting->name, options[setting->name]}});
      } catch (const Error&) {
        return line;
      }
    }
    return line;
  }

  /// Asks the driver of a series before it runs.  It may refuse what another driver takes, such as
  /// an instruction set, or a pipeline that does not know where to write.  Returns why a peer
  /// refuses (its points are then skipped); empty when it does not.
  /// Errors: throws RefusedParams when our own driver refuses.
  std::string ask_first(const Runner& runner, const Subject& subject, const json& options) const {
    if (!runner.missing.empty()) return runner.missing;
    try {
      (void)work_of(runner, subject.params, options);
      return {};
    } catch (const Error& error) {
      if (runner.is_peer) return Unusable{error.what(), error.hint()}.text();
      throw RefusedParams{refusal(*runner.driver, subject.params, options,
                                  line_of_refused(runner, subject.params, options), error)};
    }
  }

  /// The sizes and parameters to run.  An "auto" size depends on `scaling`, because it must leave
  /// room for the largest placement.
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

  /// Adds the size to the parameters, unless it is that of an input.
  Subject with_size(json params, json described) const {
    const std::string name = described.value("size_parameter", kernel_.size_parameter);
    if (!name.empty()) params[name] = described.at("params").at(name);
    return {std::move(params), std::move(described), {}};
  }

  std::int64_t most_workers() const {
    std::int64_t most = 1;
    for (const Runner& runner : runners_) {
      if (runner.is_peer) continue;
      for (const Planned& planned :
           placements_of(experiment_, runner.model, machine_, campaign_.file)) {
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
    const MemorySize beyond_caches =
        drivers_.memory_size ? drivers_.memory_size() : assumed_memory_size(machine_);
    const auto wanted = static_cast<double>(beyond_caches.bytes);
    const auto workers = static_cast<double>(scaling == Scaling::weak ? most_workers() : 1);
    const double room =
        machine_.memory_bytes > 0 ? auto_memory_share * machine_.memory_bytes / workers : wanted;
    const std::int64_t size = solve_size(
        [&](std::int64_t n) {
          return resident_bytes(describe_written(sized(others, n), experiment_.size.line));
        },
        std::min(wanted, room), out.params.at(kernel_.size_parameter).get<std::int64_t>());
    out.params = sized(others, size);
    out.described = describe(out.params);
    out.note = fmt::format("size auto: {} = {}, {}", kernel_.size_parameter, size,
                           wanted <= room ? beyond_caches.why
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
    const std::string missing = ask_first(runner, subject, options);
    for (const Planned& planned :
         placements_of(experiment_, runner.model, machine_, campaign_.file)) {
      Point point;
      point.experiment = experiment_.name;
      point.kernel = experiment_.kernel;
      point.implementation = runner.implementation;
      if (!experiment_.drivers.empty()) point.primary = experiment_.drivers.front();
      point.model = runner.model;
      point.scaling = scaling;
      point.series = series;
      point.options = options;
      point.placement = planned.placement;
      point.oversubscribed = planned.oversubscribed;
      point.params = subject.params;
      point.reason = subject.note;
      json described = subject.described;
      std::string skip = !missing.empty() ? missing : planned.skip;
      if (scaling == Scaling::weak && point.placement.workers() > 1 && skip.empty()) {
        skip = grow(point, described, subject);
      }
      point.work = described.at("work");
      if (skip.empty()) skip = take_own_work(point, runner);
      if (skip.empty()) skip = check_memory(point);
      if (!skip.empty()) {
        point.state = State::skipped;
        point.reason = skip;
      }
      point.id = identity_of(point, described.at("params"));
      out_.push_back(std::move(point));
    }
  }

  /// Sets a point's work to that of its own driver.  Returns why the driver refuses; empty when it
  /// does not.
  std::string take_own_work(Point& point, const Runner& runner) const {
    try {
      point.work = work_of(runner, point.params, point.options);
      return {};
    } catch (const Error& error) {
      return Unusable{error.what(), error.hint()}.text();
    }
  }

  /// Sets a weak point's work to that of one worker times its workers.  Returns why that is not
  /// possible; empty when it is.
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

  /// Returns why a weak point lacks memory; empty when it fits.  For a strong point or one worker,
  /// the lack is an error of the config.
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
  Experiment experiment_;
  const Machine& machine_;
  const DriverFacts& drivers_;
  std::vector<Point>& out_;
  std::vector<Error>& faults_;
  std::vector<Refusal>& refusals_;
  const Driver* sizer_ = nullptr;
  KernelFacts kernel_;
  std::vector<Runner> runners_;
  std::vector<Setting> options_, peer_options_;
};

}  // namespace

Plan find_plan(const Campaign& campaign, const Machine& machine, const DriverFacts& drivers) {
  Plan out;
  for (const Experiment& experiment : campaign.experiments) {
    Planner(campaign, experiment, machine, drivers, out).plan();
  }
  // Two experiments may request the same point, each for its own series.
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

double memory_need(const Point& point) {
  const double input = point.work.at("resident_bytes").get<double>();
  const auto held = [&](Held part) {
    if (part == Held::nothing) return 0.0;
    return part == Held::whole ? input : input / static_cast<double>(point.placement.ranks());
  };
  const auto here = static_cast<double>(point.placement.ranks_per_node);
  const Holding holding = holding_of(point);
  const double first = held(holding.root) + (here - 1) * held(holding.others);
  return point.placement.nodes > 1 ? std::max(first, here * held(holding.others)) : first;
}

}  // namespace scalelaw::harness
