#include "drivers/comm/json_exchange.hpp"

#include "common/json_text.hpp"

namespace scalelaw::driver {
namespace {

using nlohmann::json;

Bytes to_bytes(const json& value) {
  const std::string text = serialize(value);
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

json from_bytes(const Bytes& bytes) {
  const auto* data = reinterpret_cast<const char*>(bytes.data());
  return json::parse(data, data + bytes.size());
}

}  // namespace

json gather_json(Comm& comm, const json& mine) {
  if (comm.size() == 1) return json::array({mine});
  json all = json::array();
  for (const Bytes& bytes : comm.gather(to_bytes(mine))) all.push_back(from_bytes(bytes));
  return all;
}

json share_json(Comm& comm, const json& mine) {
  if (comm.size() == 1) return json::array({mine});
  return from_bytes(comm.broadcast(to_bytes(gather_json(comm, mine))));
}

}  // namespace scalelaw::driver
