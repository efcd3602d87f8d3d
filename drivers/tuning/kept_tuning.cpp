#include "drivers/tuning/kept_tuning.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/team/affinity.hpp"

namespace scalelaw::driver {
namespace {

using nlohmann::json;

json loops_of(const json& facts) {
  json loops = facts.value("loops", json());
  return loops.is_object() ? loops : json::object();
}

bool is_count(const json& value, std::int64_t least, std::int64_t most) {
  return value.is_number_integer() && value >= least && value <= most;
}

}  // namespace

KeptTunings::KeptTunings(KeptFacts facts) : facts_(std::move(facts)) {}

KeptTunings KeptTunings::of_this_machine() {
  return KeptTunings(KeptFacts::of_this_machine("tuning.json", host_name()));
}

std::optional<Streaming> KeptTunings::find(const std::string& loop) const {
  const json one = loops_of(facts_.find()).value(loop, json());
  if (!one.is_object()) return std::nullopt;
  const json ahead = one.value("prefetch_bytes", json()), places = one.value("places", json());
  if (!is_count(ahead, 0, 1 << 20) || !is_count(places, 1, most_places)) return std::nullopt;
  return Streaming{.ahead = ahead, .places = places};
}

void KeptTunings::keep(const std::string& loop, const Streaming& streaming) const {
  json loops = loops_of(facts_.find());
  loops[loop] = {{"prefetch_bytes", streaming.ahead}, {"places", streaming.places}};
  facts_.keep({{"loops", std::move(loops)}});
}

}  // namespace scalelaw::driver
