// What a driver says of itself: a catalogue, or, of one kernel, its answer.
#include "fuzz/fuzz.hpp"
#include "harness/conformance/describe_rules.hpp"
#include "harness/plan/catalog.hpp"

namespace scalelaw::fuzz {

void description(std::string_view input) {
  using namespace harness;
  refusable([&] { (void)parse_driver(std::string(input), "/d/scalelaw-serial"); });
  const auto json = nlohmann::json::parse(input, nullptr, false);
  if (json.is_discarded()) return;
  (void)fault_of_catalogue(json);
  (void)fault_of_answer(json);
}

}  // namespace scalelaw::fuzz
