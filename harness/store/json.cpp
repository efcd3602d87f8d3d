#include "harness/store/json.hpp"

#include <limits>

#include "common/field.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

double number(const json& object, const char* key) {
  const json& value = object.at(key);
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

template <class T>
T get(const json& object, const char* key) {
  return object.at(key).get<T>();
}

/// For keys that earlier versions did not write.
template <class T>
void get_if_there(const json& object, const char* key, T& value) {
  if (!object.contains(key)) return;
  if constexpr (EnumNames<T>) {
    value = enum_from<T>(object.at(key).get_ref<const std::string&>());
  } else {
    value = object.at(key).get<T>();
  }
}

template <EnumNames E>
E get_enum(const json& object, const char* key) {
  return enum_from<E>(object.at(key).get_ref<const std::string&>());
}

RankTimes rank_from_json(const json& object, std::int64_t number_of_rank) {
  RankTimes rank;
  rank.rank = number_of_rank;
  rank.distribute_s = number(object, "distribute_s");
  rank.prepare_s = number(object, "prepare_s");
  rank.compute_s = number(object, "compute_s");
  rank.wait_s = number(object, "wait_s");
  rank.combine_s = number(object, "combine_s");
  rank.finish_s = number(object, "finish_s");
  rank.total_s = number(object, "total_s");
  rank.busy_s = get<std::vector<double>>(object, "busy_s");
  rank.items = get<std::int64_t>(object, "items");
  return rank;
}

}  // namespace

json to_json(const Point& point) {
  return {{"id", point.id},
          {"experiment", point.experiment},
          {"kernel", point.kernel},
          {"implementation", point.implementation},
          {"model", to_string(point.model)},
          {"scaling", to_string(point.scaling)},
          {"series", point.series},
          {"params", point.params},
          {"options", point.options},
          {"nodes", point.placement.nodes},
          {"ranks_per_node", point.placement.ranks_per_node},
          {"threads", point.placement.threads},
          {"oversubscribed", point.oversubscribed},
          {"work", point.work},
          {"state", to_string(point.state)},
          {"reason", point.reason},
          {"clock", to_string(point.clock)}};
}

Point point_from_json(const json& object) {
  Point point;
  point.id = get<std::string>(object, "id");
  point.experiment = get<std::string>(object, "experiment");
  point.kernel = get<std::string>(object, "kernel");
  point.implementation = get<std::string>(object, "implementation");
  point.model = get_enum<Model>(object, "model");
  point.scaling = get_enum<Scaling>(object, "scaling");
  point.series = get<std::int64_t>(object, "series");
  point.params = object.at("params");
  point.options = object.at("options");
  point.placement = {get<std::int64_t>(object, "nodes"),
                     get<std::int64_t>(object, "ranks_per_node"),
                     get<std::int64_t>(object, "threads")};
  point.oversubscribed = get<bool>(object, "oversubscribed");
  point.work = object.at("work");
  point.state = get_enum<State>(object, "state");
  point.reason = get<std::string>(object, "reason");
  get_if_there(object, "clock", point.clock);
  return point;
}

json to_json(const Launch& launch) {
  return {{"point", launch.point},
          {"block", launch.block},
          {"command", launch.command},
          {"started", launch.started},
          {"wall_s", launch.wall_s},
          {"exit_code", launch.exit_code},
          {"state", to_string(launch.state)},
          {"reason", launch.reason},
          {"busy", launch.busy},
          {"free_cores", launch.free_cores},
          {"log_tail", launch.log_tail},
          {"header", launch.header},
          {"cause", to_string(launch.cause)},
          {"superseded", launch.superseded}};
}

Launch launch_from_json(const json& object) {
  Launch launch;
  launch.point = get<std::int64_t>(object, "point");
  launch.block = get<std::int64_t>(object, "block");
  launch.command = get<std::string>(object, "command");
  launch.started = get<std::string>(object, "started");
  launch.wall_s = number(object, "wall_s");
  launch.exit_code = get<int>(object, "exit_code");
  launch.state = get_enum<State>(object, "state");
  launch.reason = get<std::string>(object, "reason");
  launch.busy = get<bool>(object, "busy");
  launch.free_cores = number(object, "free_cores");
  launch.log_tail = get<std::string>(object, "log_tail");
  launch.header = object.at("header");
  get_if_there(object, "cause", launch.cause);
  get_if_there(object, "superseded", launch.superseded);
  return launch;
}

Sample sample_from_json(const json& object) {
  Sample sample;
  sample.index = get<std::int64_t>(object, "index");
  sample.diagnostic = get<bool>(object, "diagnostic");
  sample.total_s = number(object, "total_s");
  sample.distribute_s = number(object, "distribute_s");
  sample.prepare_s = number(object, "prepare_s");
  sample.compute_s = number(object, "compute_s");
  sample.combine_s = number(object, "combine_s");
  sample.finish_s = number(object, "finish_s");
  for (const json& rank : object.at("ranks")) {
    sample.ranks.push_back(rank_from_json(rank, static_cast<std::int64_t>(sample.ranks.size())));
  }
  for (const json& one : object.value("stages", json::array())) {
    sample.stages.push_back({get<std::string>(one, "stage"), number(one, "busy_s")});
  }
  sample.facts = get<std::map<std::string, std::string>>(object, "facts");
  sample.verified = get<bool>(object, "verified");
  sample.fault = get<std::string>(object, "fault");
  return sample;
}

}  // namespace scalelaw::harness
