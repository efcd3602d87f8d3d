// A config of a campaign: TOML, and the rules of its keys.
#include "fuzz/fuzz.hpp"
#include "harness/config/parse.hpp"

namespace scalelaw::fuzz {

void config(std::string_view input) {
  refusable([&] { (void)harness::parse_campaign(std::string(input), "c.toml"); });
}

}  // namespace scalelaw::fuzz
