#pragma once

#include <string>
#include <vector>

#include "harness/config/campaign.hpp"

namespace scalelaw::harness {

/// Reads a config file.  docs/config.md lists its keys.
/// Errors: throws Error when it cannot be read; otherwise as parse_campaign.
Campaign load_campaign(const std::string& file);

/// Reads a config's text; `file` names it in messages.  What depends on the kernels, their
/// parameters and the machine is left to the planner.
/// Errors: throws Error "FILE:LINE: ..." for text that is not TOML, an unknown key (with the
/// nearest known one), a missing one, a value of the wrong type or out of range.
Campaign parse_campaign(const std::string& text, const std::string& file);

/// A key as the documentation lists it.
struct KeyDoc {
  std::string table;  ///< "campaign", "measuring.gate", "experiment" ...
  std::string name;
  std::string type;
  std::string fallback;
};

/// Every key that the parser knows, in the order of the documentation.
std::vector<KeyDoc> config_keys();

}  // namespace scalelaw::harness
