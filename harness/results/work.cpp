#include "harness/results/work.hpp"

namespace scalelaw::harness {
namespace {

/// The value of a key that may be absent; its first name then.
template <EnumNames E>
E word_of(const nlohmann::json& object, const char* key) {
  if (!object.is_object() || !object.contains(key)) return E{};
  return enum_from<E>(object[key].get<std::string>(), key);
}

}  // namespace

Messages messages_of(const Point& point) {
  return word_of<Messages>(point.work, "exchange");
}

Holding holding_of(const Point& point) {
  const nlohmann::json holds =
      point.work.is_object() ? point.work.value("holds", nlohmann::json()) : nlohmann::json();
  return {word_of<Held>(holds, "root"), word_of<Held>(holds, "others")};
}

bool has_diagnostics(const Point& point) {
  return !point.work.is_object() || point.work.value("diagnostics", true);
}

bool decides_samples(const Point& point) {
  return word_of<SampleCount>(point.work, "samples") == SampleCount::own;
}

bool is_dealt_out(const Point& point) {
  const Holding holding = holding_of(point);
  return holding.root == Held::whole && holding.others == Held::share;
}

}  // namespace scalelaw::harness
