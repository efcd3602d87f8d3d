#include "harness/plan/ceilings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "common/json_text.hpp"
#include "harness/plan/plan.hpp"
#include "harness/results/identity.hpp"
#include "harness/results/work.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

using Place = std::pair<Model, Placement>;

/// How much two working sets may differ and still be in the same cache, whatever its size.
constexpr double nearly_the_same = 1.1;

/// A pass over so many bytes takes long enough that nothing else counts.
constexpr std::int64_t least_read_bytes = std::int64_t{16} << 20;
/// What each worker does of a rate: milliseconds.
constexpr std::int64_t rate_operations = 30'000'000;

constexpr std::int64_t large_message_bytes = std::int64_t{1} << 20;
/// Larger than any cache that a message could stay in.
constexpr std::int64_t largest_message_bytes = std::int64_t{256} << 20;

/// The ceilings to measure at one placement.
struct Wanted {
  std::vector<std::int64_t> read_bytes;  ///< working sets of the memory-bound points there
  std::set<std::string> rates;           ///< that the points there demand
  bool exchanges = false;
  std::int64_t scatter_bytes = 0;  ///< largest share that rank 0 sends to another; 0: none
};

/// A memory_read is a ceiling itself, and is compared with none.
void want_reads(const Point& point, Wanted& wanted) {
  if (!point.work.is_object() || point.kernel == ceiling_read) return;
  if (!point.work.value("memory_bound", false)) return;
  const double bytes = working_set_bytes(point);
  if (bytes >= 1) wanted.read_bytes.push_back(static_cast<std::int64_t>(bytes));
}

/// Times of a pretended or simulated machine are compared with no rate.
void want_rates(const Point& point, Wanted& wanted) {
  if (point.clock != TimeSource::measured) return;
  if (!point.work.is_object() || !point.work.contains("demands")) return;
  for (const auto& [rate, amount] : point.work["demands"].items()) {
    if (amount.get<double>() > 0) wanted.rates.insert(rate);
  }
}

std::map<Place, Wanted> wanted_at(const std::vector<Point>& points) {
  std::map<Place, Wanted> places;
  for (const Point& point : points) {
    if (point.state != State::pending || point.oversubscribed) continue;
    if (!point.is_ours() || point.kernel == ceiling_exchange) continue;
    Wanted& wanted = places[{point.model, point.placement}];
    want_reads(point, wanted);
    want_rates(point, wanted);
    wanted.exchanges = wanted.exchanges || point.placement.ranks() > 1;
    if (is_dealt_out(point)) {
      const double all = point.work.is_object() ? point.work.value("resident_bytes", 0.0) : 0;
      const auto share = static_cast<std::int64_t>(all) / point.placement.ranks();
      wanted.scatter_bytes = std::max(
          wanted.scatter_bytes, std::clamp(share, large_message_bytes, largest_message_bytes));
    }
  }
  return places;
}

/// What a driver says of a parameter of a kernel; null: it has none of that name.
const ParamFacts* parameter_of(const Driver* driver, const char* kernel, const char* name) {
  if (driver == nullptr || !driver->has(kernel)) return nullptr;
  const std::vector<ParamFacts>& all = driver->kernels.at(kernel).params;
  const auto found =
      std::ranges::find_if(all, [&](const ParamFacts& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

/// Whether a driver can measure a rate, which a kernel of another driver may have named.
bool measures_rate(const Driver* driver, const std::string& rate) {
  const ParamFacts* const param = parameter_of(driver, ceiling_rate, "rate");
  return param != nullptr && std::ranges::count(param->choices, rate) > 0;
}

/// The parameters that read `bytes` bytes often enough.  A driver of others may have a memory_read
/// that reads them once.  `held`: what it holds for them, which is whole items.
json read_params(const Driver* driver, std::int64_t bytes, std::int64_t held) {
  json params{{"bytes", bytes}};
  if (parameter_of(driver, ceiling_read, "times") != nullptr && held < least_read_bytes) {
    params["times"] = (least_read_bytes + held - 1) / held;
  }
  return params;
}

std::vector<json> exchanges_of(const Wanted& wanted) {
  const auto exchange = [](const char* operation, std::int64_t bytes) {
    return json{{"operation", operation}, {"bytes", bytes}};
  };
  if (!wanted.exchanges) return {};
  std::vector<json> all{exchange("allreduce", 8), exchange("gather", 8),
                        exchange("gather", large_message_bytes)};
  if (wanted.scatter_bytes > 0) {
    all.push_back(exchange("scatter", 8));
    all.push_back(exchange("scatter", wanted.scatter_bytes));
  }
  return all;
}

/// Adds ceilings to a plan: one series for each model and each set of the parameters except the
/// size.
class Adder {
 public:
  Adder(std::vector<Point>& points, const DriverFacts& drivers, std::int64_t seed)
      : points_(points), drivers_(drivers), seed_(seed) {
    for (const Point& point : points) {
      next_series_ = std::max(next_series_, point.series + 1);
      known_.insert(point.id);
    }
  }

  /// A read of as many bytes as points there hold; none if the smallest one is so much larger that
  /// they would not be compared with it.
  void add_read(const Place& place, std::int64_t bytes) {
    const std::string& model = place.first.name;
    const Driver* driver = drivers_.find(model);
    if (driver == nullptr || !driver->has(ceiling_read)) return;
    Point read;
    read.work = drivers_.describe(*driver, ceiling_read, {{"bytes", bytes}}, json::object(), seed_)
                    .at("work");
    const double held = working_set_bytes(read);
    if (!(held >= 1) || held > ceiling_reach * static_cast<double>(bytes)) return;
    add(place, ceiling_read, read_params(driver, bytes, static_cast<std::int64_t>(held)),
        fmt::format("read {} {}", model, bytes));
  }

  void add(const Place& place, const std::string& kernel, const json& params,
           const std::string& series) {
    const Driver* driver = drivers_.find(place.first.name);
    if (driver == nullptr || !driver->has(kernel)) return;
    const json described = drivers_.describe(*driver, kernel, params, json::object(), seed_);
    Point point;
    point.experiment = ceilings_experiment;
    point.kernel = kernel;
    point.model = place.first;
    point.placement = place.second;
    point.params = params;
    point.options = json::object();
    point.work = described.at("work");
    point.id = identity_of(point, described.at("params"));
    if (!known_.insert(point.id).second) return;
    const auto [entry, is_new] = series_.try_emplace(series, next_series_);
    if (is_new) ++next_series_;
    point.series = entry->second;
    points_.push_back(std::move(point));
  }

 private:
  std::vector<Point>& points_;
  const DriverFacts& drivers_;
  std::int64_t seed_;
  std::int64_t next_series_ = 0;
  std::set<std::string> known_;
  std::map<std::string, std::int64_t> series_;
};

}  // namespace

std::vector<std::int64_t> ceiling_sizes(std::vector<std::int64_t> bytes) {
  std::sort(bytes.rbegin(), bytes.rend());
  const auto covering = [&](double factor) {
    std::vector<std::int64_t> sizes;
    for (const std::int64_t size : bytes) {
      const bool covered =
          !sizes.empty() && static_cast<double>(sizes.back()) <= factor * static_cast<double>(size);
      if (!covered) sizes.push_back(size);
    }
    std::reverse(sizes.begin(), sizes.end());
    return sizes;
  };
  std::vector<std::int64_t> sizes = covering(nearly_the_same);
  return sizes.size() <= most_exact_ceilings ? sizes : covering(ceiling_reach);
}

void add_ceilings(std::vector<Point>& points, const DriverFacts& drivers, std::int64_t seed) {
  const std::map<Place, Wanted> places = wanted_at(points);
  Adder adder(points, drivers, seed);
  for (const auto& [place, wanted] : places) {
    const std::string& model = place.first.name;
    for (const std::int64_t bytes : ceiling_sizes(wanted.read_bytes)) {
      adder.add_read(place, bytes);
    }
    if (!wanted.read_bytes.empty()) {
      for (const std::string& rate : wanted.rates) {
        if (!measures_rate(drivers.find(model), rate)) continue;
        const std::int64_t operations = rate_operations * place.second.workers();
        adder.add(place, ceiling_rate, {{"rate", rate}, {"operations", operations}},
                  fmt::format("rate {} {} {}", model, rate, operations));
      }
    }
    for (const json& params : exchanges_of(wanted)) {
      adder.add(place, ceiling_exchange, params, model + " " + serialize(params));
    }
  }
}

}  // namespace scalelaw::harness
