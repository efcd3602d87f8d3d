#include "drivers/cli/driver_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "common/error.hpp"
#include "common/json_text.hpp"
#include "drivers/cli/command_line.hpp"

namespace scalelaw::driver {
namespace {

using nlohmann::json;

constexpr const char* sharing = "Sharing the work";
constexpr const char* kernel_group = "Kernel";
constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

/// An option for an enum; `choices` are those that the kernel offers.
template <EnumNames E>
DriverOption choice(const char* name, E& (*member)(Options&), const char* help, const char* group,
                    std::vector<std::string> choices = all_names<E>()) {
  Options defaults;
  const std::string fallback(to_string(member(defaults)));
  const auto get = [member](const Options& options) {
    Options copy = options;
    return json(to_string(member(copy)));
  };
  const auto add = [=](CLI::App& app, Options& options) {
    return add_choice(app, name, member(options), help, choices)->group(group);
  };
  return {.name = name,
          .described = {{"type", "choice"},
                        {"default", fallback},
                        {"help", help},
                        {"choices", choices}},
          .add = add,
          .value = get};
}

DriverOption count(const char* name, std::int64_t& (*member)(Options&), const char* help,
                   const char* group) {
  Options defaults;
  const auto get = [member](const Options& options) {
    Options copy = options;
    return json(member(copy));
  };
  const auto add = [=](CLI::App& app, Options& options) {
    return add_count(app, name, member(options), help, 0, unlimited)->group(group);
  };
  return {
      .name = name,
      .described = {{"type", "count"}, {"default", member(defaults)}, {"help", help}, {"min", 0}},
      .add = add,
      .value = get};
}

DriverOption flag(const char* name, bool& (*member)(Options&), const char* help,
                  const char* group) {
  const auto get = [member](const Options& options) {
    Options copy = options;
    return json(member(copy));
  };
  const auto add = [=](CLI::App& app, Options& options) {
    return app.add_flag(option_name(name), member(options), help)->group(group);
  };
  return {.name = name,
          .described = {{"type", "bool"}, {"default", false}, {"help", help}},
          .add = add,
          .value = get};
}

Need ranks(std::vector<json> when = {}) {
  return {.of = Need::Of::ranks, .when = std::move(when)};
}
Need threads() {
  return {.of = Need::Of::threads};
}
Need option(const char* name, json value) {
  return {.of = Need::Of::option, .name = name, .is = {std::move(value)}};
}
Need param(const char* name, std::vector<json> when) {
  return {.of = Need::Of::param, .name = name, .when = std::move(when)};
}
Need any(std::vector<Need> of) {
  return {.of = Need::Of::any, .any = std::move(of)};
}

/// All options of the project's drivers.
std::vector<DriverOption> all_options(const KernelOffer& offer) {
  const auto with = [](DriverOption one, std::vector<Need> needs) {
    one.needs = std::move(needs);
    return one;
  };
  std::vector<std::string> places{"local", "scatter"};
  std::vector<Need> of_places{ranks({"scatter"})};
  if (offer.has_input_files) {
    places.emplace_back("file");
    of_places.push_back(param("input", {"file"}));
  }
  DriverOption schedule = choice<Schedule::Kind>(
      "schedule", [](Options & o) -> auto& { return o.schedule.kind; },
      "how items are distributed to threads", sharing);
  schedule.described["default"] = nullptr;  // the kernel's own
  return {with(std::move(schedule), {threads()}),
          with(count(
                   "chunk", [](Options & o) -> auto& { return o.schedule.chunk; },
                   "items per chunk for a thread; 0: the schedule's default", sharing),
               {threads()}),
          choice<Mode>(
              "mode", [](Options & o) -> auto& { return o.mode; },
              "data computes in memory; pipeline overlaps reading, computing and writing files",
              sharing),
          with(choice<Data>(
                   "data", [](Options & o) -> auto& { return o.data; },
                   "where the input is when a pass starts", sharing, places),
               of_places),
          with(choice<Distribution>(
                   "distribution", [](Options & o) -> auto& { return o.distribution; },
                   "how items are distributed to ranks", sharing),
               {ranks()}),
          with(count(
                   "rank_chunk", [](Options & o) -> auto& { return o.rank_chunk; },
                   "items per chunk for a rank; 0: automatic", sharing),
               {ranks(), any({option("distribution", "dynamic"), option("overlap", true)})}),
          with(flag(
                   "overlap", [](Options & o) -> auto& { return o.overlap; },
                   "compute while more input arrives", sharing),
               {option("data", "scatter"), option("distribution", "block")}),
          choice<IsaChoice>(
              "isa", [](Options & o) -> auto& { return o.isa; }, "instruction set of the kernels",
              kernel_group)};
}

/// The option of a kernel whose parts of the result need not be sent.
DriverOption combine_option() {
  DriverOption out = choice<Combine>(
      "combine", [](Options & o) -> auto& { return o.combine; },
      "how results reach rank 0; auto: it reads those of its own host in place, and others are "
      "sent",
      sharing);
  out.needs = {ranks()};
  return out;
}

/// The options of a kernel whose loop streams from memory.
std::vector<DriverOption> streaming_options() {
  DriverOption bytes = count(
      "prefetch_bytes", [](Options & o) -> auto& { return o.prefetch_bytes; },
      "how far ahead the kernel's loop prefetches; 0: it does not", kernel_group);
  bytes.needs = {option("tuning", "given")};
  return {choice<TuningFrom>(
              "tuning", [](Options & o) -> auto& { return o.tuning; },
              "where prefetch distances come from; auto: the table, and for processors that it "
              "lacks a calibration",
              kernel_group),
          std::move(bytes)};
}

json to_json(const Need& need) {
  json out = json::object();
  switch (need.of) {
    case Need::Of::ranks:
      out["ranked"] = true;
      break;
    case Need::Of::threads:
      out["threaded"] = true;
      break;
    case Need::Of::option:
      out["option"] = need.name;
      out["is"] = need.is;
      break;
    case Need::Of::param:
      out["param"] = need.name;
      break;
    case Need::Of::any:
      out["any"] = json::array();
      for (const Need& one : need.any) out["any"].push_back(to_json(one));
      break;
  }
  if (!need.when.empty()) out["when"] = need.when;
  return out;
}

/// "--overlap", "--data scatter": an option with its value, as typed.
std::string typed(const std::string& name, const json& value) {
  return value.is_boolean() ? option_name(name) : option_name(name) + " " + json_text(value);
}

/// One command line whose options are checked.
struct Given {
  const std::vector<DriverOption>& all;
  const Options& options;
  const Model& model;
  const json& params;

  [[nodiscard]] json value(const std::string& name) const {
    const auto found =
        std::ranges::find_if(all, [&](const DriverOption& one) { return one.name == name; });
    return found == all.end() ? json() : found->value(options);
  }

  [[nodiscard]] bool holds(const Need& need) const {
    switch (need.of) {
      case Need::Of::ranks:
        return model.ranked;
      case Need::Of::threads:
        return model.threaded;
      case Need::Of::option:
        return std::ranges::find(need.is, value(need.name)) != need.is.end();
      case Need::Of::param:
        return params.contains(need.name) && params.at(need.name) != "";
      case Need::Of::any:
        break;
    }
    return std::ranges::any_of(need.any, [this](const Need& one) { return holds(one); });
  }
};

/// "--data scatter", "--input", "--distribution dynamic or --overlap": what would meet the need.
std::string serving(const Need& need) {
  if (need.of == Need::Of::param) return option_name(need.name);
  if (need.of == Need::Of::option) return typed(need.name, need.is.front());
  std::vector<std::string> words;
  for (const Need& one : need.any) words.push_back(serving(one));
  return fmt::format("{}", fmt::join(words, " or "));
}

[[noreturn]] void refuse(const std::string& shown, const Need& need, const Given& given) {
  const std::string name = given.model.name;
  if (need.of == Need::Of::threads) {
    throw Error(
        fmt::format("{} has no effect: the {} driver has one thread per process", shown, name),
        fmt::format("omit {}, or use a driver whose model has threads", shown));
  }
  if (need.of == Need::Of::ranks) {
    throw Error(fmt::format("{} has no effect: the {} driver has one process", shown, name),
                fmt::format("omit {}, or use a driver whose model has ranks", shown));
  }
  if (need.of == Need::Of::option) {
    throw Error(
        fmt::format("{} has no effect with {}", shown, typed(need.name, given.value(need.name))),
        fmt::format("use {}, or omit {}", serving(need), shown));
  }
  throw Error(fmt::format("{} has no effect without {}", shown, serving(need)),
              fmt::format("add {}, or omit {}", serving(need), shown));
}

}  // namespace

Holds holds_of(const Options& options) {
  if (options.mode == Mode::pipeline) return {Part::nothing, Part::nothing};
  if (options.data == Data::scatter) return {Part::whole, Part::share};
  const bool any_item = options.distribution == Distribution::dynamic;
  if (any_item && options.data == Data::local) return {Part::whole, Part::whole};
  return {};
}

std::vector<DriverOption> driver_options(const KernelOffer& offer) {
  std::vector<DriverOption> all = all_options(offer);
  if (offer.shares_bulk) all.push_back(combine_option());
  if (offer.streams) std::ranges::move(streaming_options(), std::back_inserter(all));
  if (!offer.has_pipeline) {
    std::erase_if(all, [](const DriverOption& one) { return one.name == "mode"; });
    return all;
  }
  // A pipeline distributes whole files in advance, and each thread takes the next file.
  for (DriverOption& one : all) {
    if (one.name != "mode" && one.name != "isa") one.needs.push_back(option("mode", "data"));
  }
  return all;
}

json describe(const std::vector<DriverOption>& options) {
  json out = json::array();
  for (const DriverOption& one : options) {
    json entry = one.described;
    entry["name"] = one.name;
    for (const Need& need : one.needs) entry["needs"].push_back(to_json(need));
    out.push_back(std::move(entry));
  }
  return out;
}

json values_of(const std::vector<DriverOption>& all, const Options& options) {
  json out = json::object();
  for (const DriverOption& one : all) out[one.name] = one.value(options);
  return out;
}

void check_needs(const std::vector<DriverOption>& all, const CLI::App& app, const Options& options,
                 const Model& model, const json& params) {
  const Given given{all, options, model, params};
  for (const DriverOption& one : all) {
    const json value = one.value(options);
    if (app.count(option_name(one.name)) == 0 || value == one.described.at("default")) continue;
    for (const Need& need : one.needs) {
      const bool asked =
          need.when.empty() || std::ranges::find(need.when, value) != need.when.end();
      if (asked && !given.holds(need)) refuse(typed(one.name, value), need, given);
    }
  }
}

}  // namespace scalelaw::driver
