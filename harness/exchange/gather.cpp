#include "harness/exchange/gather.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <tuple>

#include "common/error.hpp"
#include "common/field.hpp"
#include "common/json_text.hpp"
#include "harness/exchange/iso_time.hpp"
#include "harness/exchange/naming.hpp"
#include "harness/exchange/numbers.hpp"
#include "harness/exchange/placed.hpp"
#include "harness/results/ceiling.hpp"
#include "harness/results/identity.hpp"
#include "harness/statistics/bimodality.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr const char* unknown_text = "unknown";

/// What a report says of the machine; rule 9 asks for it.
constexpr std::array machine_facts{"host.name",         "cpu.model",      "cores.allowed",
                                   "os.kernel",         "build.compiler", "build.flags",
                                   "memory.total_bytes"};

/// Where a measurement is.
struct Origin {
  const std::string* file = nullptr;
  const std::string* where = nullptr;

  [[nodiscard]] std::string text() const { return fmt::format("'{}', {}", *file, *where); }
};

/// "line 4", or with its file when that is another one.
std::string beside(const Origin& other, const Origin& here) {
  return other.file == here.file ? *other.where : other.text();
}

/// The times of one launch.
struct Times {
  std::vector<double> seconds{};
  std::string command{};
  int exit_code = 0;
  std::string fault{};
};

/// A point with what was measured at it.
struct Place {
  Point point;
  std::vector<Times> launches{};
  std::map<std::pair<const std::string*, std::string>, std::size_t> named{};  ///< by file and name
  std::map<std::string, Origin> repetitions{};  ///< by launch and number
};

/// Collects measurements as points, in the order of their first ones.
class Collector {
 public:
  explicit Collector(const ImportOptions& options) : options_(options) {}

  void add(const std::string& file, const Measurement& one) {
    const Origin origin{&file, &one.where};
    Place& place = place_of(file, one, origin);
    require_new(place, one, origin);
    Times& times = times_of(place, file, one);
    times.command = one.command;
    times.exit_code = one.exit_code;
    times.fault = one.fault;
    if (one.fault.empty()) times.seconds.push_back(seconds_of(place.point, one, origin));
  }

  [[nodiscard]] std::vector<Place>& places() { return places_; }

 private:
  /// The point of a measurement, without placement-dependent work.
  Point point_of(const std::string& file, const Measurement& one) const {
    Point point;
    point.kernel = options_.series.empty() ? one.text(Meaning::series) : options_.series;
    if (point.kernel.empty()) point.kernel = std::filesystem::path(file).stem();
    point.experiment = one.text(Meaning::experiment);
    if (point.experiment.empty()) point.experiment = point.kernel;
    point.implementation = one.text(Meaning::implementation);
    if (point.implementation.empty()) point.implementation = unknown_implementation;
    point.model.name = one.text(Meaning::model);
    if (point.model.name.empty()) point.model.name = model_of(one);
    point.model.title = point.model.name;
    point.params = one.params;
    point.options = one.options;
    point.scaling = scaling_of(one);
    point.placement = placement_of(one, options_);
    point.clock = one.clock;
    point.work = nlohmann::json::object();
    if (one.work) point.work["operations"] = *one.work;
    if (!one.work && point.scaling == Scaling::weak) {
      point.work["operations"] = point.placement.workers();
    }
    point.state = State::ok;
    return point;
  }

  [[nodiscard]] Scaling scaling_of(const Measurement& one) const {
    if (options_.scaling.empty()) return one.scaling.value_or(Scaling::strong);
    const auto given = enum_from<Scaling>(options_.scaling, "scaling");
    if (one.scaling && *one.scaling != given) {
      throw Error(fmt::format("the scaling is {}, and --scaling says {}", to_string(*one.scaling),
                              options_.scaling),
                  "omit --scaling: the file says what it is");
    }
    return given;
  }

  /// Points of one series have the same.  The size of a weak series grows with the workers, and all
  /// other parameters tell series apart, unless the file says which points belong together.
  static std::string series_key(const Point& point, const std::string& group) {
    nlohmann::json params = point.params;
    if (point.scaling == Scaling::weak) params.erase("size");
    const std::string apart =
        group.empty() ? serialize(params) + "\n" + serialize(point.options) : "group " + group;
    return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", point.experiment, point.kernel,
                       point.implementation, point.model.name, to_string(point.scaling),
                       to_string(point.clock), apart);
  }

  /// Files of one nameless series each can be compared, whatever they are called.
  [[nodiscard]] std::string identity(const Point& point, const Measurement& one) const {
    Point known = point;
    const bool nameless = options_.series.empty() && one.text(Meaning::series).empty();
    if (nameless && options_.files.size() == 1) known.kernel = "unnamed";
    return identity_of(known, known.params);
  }

  Place& place_of(const std::string& file, const Measurement& one, const Origin& origin) {
    Point point = point_of(file, one);
    const std::string series = series_key(point, one.text(Meaning::group));
    const auto next_series = static_cast<std::int64_t>(series_.size());
    Known& known = series_.try_emplace(series, Known{next_series, one.unit, origin}).first->second;
    if (known.unit != one.unit) {
      throw Error(fmt::format("the unit of its time is '{}', and that of {} is '{}'", one.unit,
                              beside(known.first, origin), known.unit),
                  "give all times of a series in one unit");
    }
    point.series = known.number;
    const auto next = places_.size();
    const auto [entry, is_new] =
        index_.try_emplace({known.number, point.placement, serialize(point.params)}, next);
    if (is_new) {
      point.id = one.text(Meaning::id);
      if (point.id.empty()) point.id = identity(point, one);
      places_.push_back({std::move(point)});
      return places_.back();
    }
    Place& place = places_[entry->second];
    if (place.point.work.value("operations", 0.0) != point.work.value("operations", 0.0)) {
      throw Error("its work differs from that of the same point before",
                  "give each point of a series one amount of work");
    }
    return place;
  }

  void require_new(Place& place, const Measurement& one, const Origin& origin) const {
    const std::string repetition = one.text(Meaning::repetition);
    if (repetition.empty()) return;
    const std::string launch = one.text(Meaning::launch);
    const std::string key =
        fmt::format("{}\n{}\n{}", launch.empty() ? "" : *origin.file, launch, repetition);
    const auto [before, is_new] = place.repetitions.try_emplace(key, origin);
    if (is_new) return;
    throw Error(fmt::format("repetition {} of the same point as in {}", repetition,
                            beside(before->second, origin)),
                "remove one of the two, or number the repetitions of a point");
  }

  static Times& times_of(Place& place, const std::string& file, const Measurement& one) {
    const std::string launch = one.text(Meaning::launch);
    if (launch.empty()) return place.launches.emplace_back();
    const auto [entry, is_new] = place.named.try_emplace({&file, launch}, place.launches.size());
    return is_new ? place.launches.emplace_back() : place.launches[entry->second];
  }

  /// The time; for a rate alone, that of the work at this rate.
  double seconds_of(Point& point, const Measurement& one, const Origin& origin) {
    if (!one.time && !one.rate) {
      throw Error("it has neither a time nor a rate", "give each entry a time or a rate");
    }
    if (!one.rate) return in_seconds(*one.time, one.unit);
    const double seconds = one.time ? in_seconds(*one.time, one.unit)
                                    : point.work.value("operations", 1.0) / *one.rate;
    keep_amount(point, {*one.rate * seconds, one.rate_unit, origin});
    return seconds;
  }

  /// What was done, by a time and its rate.
  struct Amount {
    double value = 0;
    std::string unit{};
    Origin origin{};
  };

  /// Checks the amount by the first of its series: what is done grows as the work does.
  void keep_amount(Point& point, const Amount& here) {
    constexpr double rounding = 0.02;  // of printed times and rates
    const double work = point.work.value("operations", 1.0);
    const auto& [first, its_work] =
        amounts_.try_emplace(point.series, std::pair(here, work)).first->second;
    const double expected = first.value * (work / its_work);
    if (std::abs(here.value - expected) > rounding * expected) {
      const std::string unit = here.unit.empty() ? "" : " " + here.unit;
      throw Error(fmt::format("its time and its rate make {:.4g}{} of work, and by {} it would be "
                              "{:.4g}",
                              here.value, unit, beside(first.origin, here.origin), expected),
                  "correct the time or the rate, or remove one of the two; where the work grows "
                  "with the workers: --scaling weak");
    }
    if (!point.work.contains("amount")) point.work["amount"] = here.value;
    point.work["unit"] = here.unit.empty() ? "work" : here.unit;
  }

  struct Known {
    std::int64_t number = 0;
    std::string unit;
    Origin first;
  };

  const ImportOptions& options_;
  std::vector<Place> places_;
  std::map<std::string, Known> series_;
  std::map<std::int64_t, std::pair<Amount, double>> amounts_;  ///< the first of a series, its work
  std::map<std::tuple<std::int64_t, Placement, std::string>, std::size_t> index_;
};

/// What models have: ranks, or threads, where any point has several.  One that never has more than
/// one worker is serial, if its file names it.
void complete_models(std::vector<Place>& places, const std::vector<ReadFile>& files) {
  std::map<std::string, Model> models;
  for (const Place& place : places) {
    const Placement& at = place.point.placement;
    Model& model = models[place.point.model.name];
    model.ranked = model.ranked || at.ranks() > 1;
    model.threaded = model.threaded || at.threads > 1;
  }
  for (const ReadFile& file : files) {
    for (const Measurement& one : file.reading.measurements) {
      if (!one.text(Meaning::model).empty()) continue;
      Model& model = models[model_of(one)];
      model.threaded = model.threaded || one.counts.contains(Meaning::threads);
      model.ranked = model.ranked || !one.counts.contains(Meaning::threads) ||
                     one.counts.contains(Meaning::ranks) || one.counts.contains(Meaning::nodes);
    }
  }
  for (Place& place : places) {
    const Model& model = models[place.point.model.name];
    place.point.model.ranked = model.ranked;
    place.point.model.threaded = model.threaded;
  }
}

void append(Results& results, Place place) {
  const auto point = static_cast<std::int64_t>(results.points.size());
  const bool failed = std::all_of(place.launches.begin(), place.launches.end(),
                                  [](const Times& times) { return !times.fault.empty(); });
  if (failed) {
    place.point.state = State::crashed;
    place.point.reason = place.launches.front().fault;
  }
  results.points.push_back(std::move(place.point));
  std::int64_t block = 0;
  for (const Times& times : place.launches) {
    Launch launch;
    launch.point = point;
    launch.block = block++;
    launch.command = times.command.empty() ? unknown_text : times.command;
    launch.started = unknown_text;
    launch.wall_s = unknown;
    launch.free_cores = unknown;
    launch.exit_code = times.exit_code;
    launch.reason = times.fault;
    if (!times.fault.empty()) {
      launch.state = State::crashed;
      launch.cause = Cause::driver;
    }
    const auto number = static_cast<std::int64_t>(results.launches.size());
    results.launches.push_back(std::move(launch));
    std::int64_t index = 0;
    for (const double seconds : times.seconds) {
      Sample& sample = results.samples.emplace_back();
      sample.launch = number;
      sample.index = index++;
      sample.total_s = seconds;
    }
  }
}

/// A file is about this project's implementation, or else about the first that it names.
void choose_primary(std::vector<Point>& points) {
  const auto is_own = [](const Point& p) { return p.implementation == own_implementation; };
  if (points.empty() || std::any_of(points.begin(), points.end(), is_own)) return;
  for (Point& point : points) point.primary = points.front().implementation;
}

/// Times with two centres have no median that says anything; the campaigns of this program look for
/// them, too.
void find_unstable(Results& results) {
  const std::vector<Summary> summaries = summarize_all(results);
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    if (!summaries[i].interval_s) continue;
    const auto centres =
        find_two_centres(summaries[i].repetitions_s(), 2 * results.target_interval);
    if (!centres) continue;
    results.points[i].state = State::unstable;
    results.points[i].reason =
        fmt::format("two centres: {:.4g} s and {:.4g} s", centres->low, centres->high);
  }
}

Results with_provenance(const std::vector<ReadFile>& files, const ImportOptions& options) {
  Results results;
  results.name = std::filesystem::path(files.front().name).stem();
  for (const char* fact : machine_facts) results.environment[fact] = unknown_text;
  std::string names;
  for (const ReadFile& file : files) {
    names += (names.empty() ? "" : ", ") + file.name;
    for (const auto& [name, value] : file.reading.environment) results.environment[name] = value;
    if (results.started.empty()) {
      results.started = utc_time(file.reading.started).value_or(file.reading.started);
    }
  }
  if (results.started.empty()) results.started = unknown_text;
  results.environment["import.files"] = names;
  results.environment["import.format"] = options.format;
  results.config_text =
      fmt::format("# There is no config: these times were imported from {}.\n", names);
  return results;
}

}  // namespace

Results gather(const std::vector<ReadFile>& files, const ImportOptions& options) {
  Results results = with_provenance(files, options);
  Collector collector(options);
  for (const ReadFile& file : files) {
    if (file.reading.measurements.empty()) {
      throw Error(fmt::format("'{}' has no times", file.name), "give a file with measurements");
    }
    for (const Measurement& one : file.reading.measurements) {
      try {
        collector.add(file.name, one);
      } catch (const Error& error) {
        throw Error(fmt::format("'{}', {}: {}", file.name, one.where, error.what()), error.hint());
      }
    }
  }
  complete_models(collector.places(), files);
  for (Place& place : collector.places()) append(results, std::move(place));
  choose_primary(results.points);
  find_unstable(results);
  return results;
}

}  // namespace scalelaw::harness
